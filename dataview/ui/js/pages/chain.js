// The health of the chain itself: what waits, what was dropped and why, what is stored.

import { get } from '../api.js';
import { href } from '../address.js';
import { h } from '../dom.js';
import { bytes, count, duration } from '../format.js';
import { barred, table } from '../parts/table.js';
import { facts, tile } from '../parts/tiles.js';
import { language, named, t } from '../words.js';

export const name = 'chain';

/** A consumer that is further behind than this is late. */
const LATE_MS = 10_000;

export async function load(view) {
  const { consumers, dropped, store, subscriptions, waiting, dead_letters: dead, ...since } = await get('/health', {}, view.signal);
  const lag = consumers.length > 0 ? Math.max(...consumers.map((one) => one.lag_ms ?? 0)) : null;
  const lost = Object.values(dropped).reduce((sum, value) => sum + value, 0);
  const { days } = store;
  const damaged = days.filter((day) => day.state == 'damaged');
  return h(
    '.chain',
    Object.entries(waiting).map(([who, { code, detail }]) => h('p.notice.poor', { role: 'alert' }, h('b', t('chain.waits', { who })), ' ', t(`waiting.${code}`), h('span.muted.block', detail))),
    subscriptions?.waiting > 0 && h('p.notice.poor', { role: 'alert' }, t('chain.subscriptions.wait', { count: count(subscriptions.waiting) }), isEnglish() && h('span.muted.block', subscriptions.why)),
    h(
      'dl.tiles',
      tile({ id: 'lag', name: t('chain.lag'), value: duration(lag), state: lag === null ? '' : lag > LATE_MS ? 'poor' : 'good', detail: h('span.muted', t('chain.waiting', { count: count(consumers.reduce((sum, one) => sum + (one.lag_messages ?? 0), 0)) })) }),
      tile({ id: 'dropped', name: t('chain.dropped'), value: count(lost), state: lost > 0 ? 'fair' : 'good', detail: h('span.muted', lost > 0 ? t('chain.dropped.see') : t('chain.dropped.none')) }),
      tile({ id: 'dead', name: t('chain.dead'), value: count(dead), state: dead > 0 ? 'poor' : 'good', detail: deadWords(view, dead) }),
      tile({ id: 'stored', name: t('chain.stored'), value: bytes(store.bytes), state: damaged.length > 0 ? 'poor' : '', detail: h('span.muted', damaged.length > 0 ? t('chain.damaged', { days: damaged.map((day) => day.name).join(', ') }) : t('chain.days', { count: days.length })) }),
    ),
    h('.columns', consumerPanel(consumers), droppedPanel(dropped)),
    h('section.panel', h('h2', t('chain.since')), facts(['frames', 'events', 'duplicates', 'claimed', 'retries'].map((key) => [t(`chain.since.${key}`), count(since[key])]))),
    dayPanel(days),
  );
}

/** Who may see them is led there. */
function deadWords({ me }, dead) {
  if (dead == 0) return h('span.muted', t('chain.dead.none'));
  const may = me.role == 'administrator' && me.apps === null;
  return may ? h('a', { href: href('/dead-letters') }, t('chain.dead.see')) : h('span.muted', t('chain.dead.words'));
}

function consumerPanel(consumers) {
  const body =
    consumers.length == 0
      ? h('p.muted', t('chain.no_consumers'))
      : table({
          caption: t('chain.consumers'),
          sortable: false,
          rows: consumers,
          columns: [
            { head: t('chain.shard'), cell: (row) => h('code', String(row.shard)) },
            { head: t('chain.lag_messages'), kind: 'number', cell: (row) => count(row.lag_messages) },
            { head: t('chain.lag'), kind: 'number', cell: (row) => h('span', { class: row.lag_ms > LATE_MS ? 'judged poor' : '' }, duration(row.lag_ms)) },
            { head: t('chain.pending'), kind: 'number', cell: (row) => count(row.pending) },
          ],
        });
  return h('section.panel', h('h2', t('chain.consumers')), body);
}

function droppedPanel(dropped) {
  const rows = Object.entries(dropped).filter(([, value]) => value > 0).map(([reason, value]) => ({ reason, value })).toSorted((one, other) => other.value - one.value);
  const body =
    rows.length == 0
      ? h('p.muted', t('chain.dropped.none'))
      : table({
          id: 'dropped-reasons',
          caption: t('chain.dropped'),
          sortable: false,
          rows,
          columns: [
            { head: t('chain.reason'), kind: 'long', cell: (row) => h('span', named(`dropped.${row.reason}`, row.reason), named(`dropped.${row.reason}`) && h('code.muted', ` ${row.reason}`)) },
            { head: t('errors.count'), kind: 'number', cell: (row) => barred(count(row.value), row.value, rows[0].value) },
          ],
        });
  return h('section.panel', h('h2', t('chain.dropped.by')), body);
}

/** What the store said of a damaged day; it speaks English only. */
const damageOf = ({ damage }) => damage && (isEnglish() ? `: ${damage}` : h('span', { title: damage }, t('day.damaged.words')));
const isEnglish = () => language() == 'en';

function dayPanel(days) {
  const greatest = Math.max(0, ...days.map((day) => day.bytes));
  const body =
    days.length == 0
      ? h('p.muted', t('chain.no_days'))
      : table({
          id: 'days',
          caption: t('chain.store'),
          sortable: false,
          rows: days.toSorted((one, other) => (one.day < other.day ? 1 : -1)),
          columns: [
            { head: t('chain.day'), cell: (row) => h('span', { title: row.name }, row.day) },
            { head: t('chain.frames'), kind: 'number', cell: (row) => count(row.frames) },
            { head: t('chain.bytes'), kind: 'number', cell: (row) => barred(bytes(row.bytes), row.bytes, greatest) },
            { head: t('chain.state'), kind: 'long', cell: (row) => h('span', { class: row.state == 'damaged' ? 'judged poor' : '' }, named(`day.${row.state}`, row.state), damageOf(row)) },
          ],
        });
  return h('section.panel', h('h2', t('chain.store')), body);
}
