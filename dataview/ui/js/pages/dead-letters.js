// What could never be stored: why, where it was, what may be seen of it; and giving it to the store again.

import { get, post } from '../api.js';
import { here, href } from '../address.js';
import { h } from '../dom.js';
import { bytes, count, fullTime, time } from '../format.js';
import { closeDialog, confirm, openDialog } from '../parts/dialog.js';
import { empty, said } from '../parts/states.js';
import { more, table } from '../parts/table.js';
import { facts } from '../parts/tiles.js';
import { named, t } from '../words.js';

export const name = 'dead-letters';
/** Back to the health of the chain, which counts them. */
export const parent = () => href('/chain');
export const parentName = 'chain';

export async function load(view) {
  const reason = view.params.get('reason');
  const ask = (cursor) => get('/dead-letters', { reason, cursor }, view.signal);
  const first = await ask();
  const reasons = Object.entries(first.reasons ?? {}).toSorted((one, other) => other[1] - one[1]);
  if (reasons.length == 0) return h('section.panel', empty('dead-letters.empty'));
  const rows = [...first.letters];
  const list = h('div');
  const fill = () => list.replaceChildren(rows.length == 0 ? empty('dead-letters.empty') : letters(view, rows));
  const goOn = async (cursor, holder) => {
    const next = await ask(cursor);
    rows.push(...next.letters);
    fill();
    holder.replaceWith(more(next.next, goOn) ?? '');
  };
  fill();
  return h(
    'section.panel',
    h('.panel-head', tabs(reasons, reason, first.counted_all), reason && h('button', { type: 'button', id: 'replay-reason', onclick: () => replayAll(view, reason) }, t('dead-letters.replay.all'))),
    list,
    more(first.next, goOn),
  );
}

const words = (reason) => named(`dead.${reason}`, reason);

function tabs(reasons, chosen, whole) {
  const all = reasons.reduce((sum, [, many]) => sum + many, 0);
  const tab = (value, text, many) => h('a', { href: here({ reason: value }), 'aria-current': value == chosen ? 'true' : null }, text, ' ', h('span.muted', count(many) + (whole ? '' : '+')));
  return h('nav.tabs', { 'aria-label': t('chain.reason') }, tab(null, t('dead-letters.all'), all), reasons.map(([reason, many]) => tab(reason, words(reason), many)));
}

const letters = (view, rows) =>
  table({
    id: 'dead-letters',
    caption: t('dead-letters.title'),
    sortable: false,
    rows,
    act: (row) => show(row).catch((problem) => openDialog(t('problem.title'), h('p.wrong', said(problem)))),
    columns: [
      { head: t('dead-letters.at'), cell: (row) => (row.at ? h('span', { title: fullTime(row.at) }, time(row.at)) : t('dead-letters.no_time')) },
      { head: t('chain.reason'), kind: 'long', cell: (row) => [words(row.reason), h('span.muted.block', row.detail)] },
      { head: t('dead-letters.origin'), priority: 2, cell: (row) => h('code', row.origin) },
      { head: t('chain.bytes'), kind: 'number', priority: 2, cell: (row) => bytes(row.bytes) },
      { head: t('subscription.actions'), kind: 'actions', cell: (row) => h('button.quiet', { type: 'button', 'aria-label': t('dead-letters.replay.of', { id: row.id }), onclick: () => replayOne(view, row) }, t('subscription.replay.action')) },
    ],
  });

/** What may be seen of the entry of `row`. */
async function show(row) {
  const { letter, entry, shape } = await get(`/dead-letters/${encodeURIComponent(row.id)}`);
  openDialog(
    t('dead-letters.one'),
    facts([
      [t('chain.reason'), words(letter.reason), true],
      [t('dead-letters.origin'), h('code', letter.origin), true],
      [t('dead-letters.detail'), letter.detail, true],
    ]),
    h('p.muted', t(entry ? 'dead-letters.masked' : 'dead-letters.shape')),
    h('pre.entry', { id: 'entry' }, entry ? JSON.stringify(entry, null, 2) : shape),
    h('.buttons', h('button.main', { type: 'button', onclick: closeDialog }, t('close'))),
  );
}

const replayOne = (view, row) =>
  confirm(t('dead-letters.replay.of', { id: row.id }), t('dead-letters.replay.words'), t('subscription.replay.action'), async () => {
    await post('/dead-letters/replay', { ids: [row.id] });
    view.reload();
  });

const replayAll = (view, reason) =>
  confirm(t('dead-letters.replay.all'), t('dead-letters.replay.all.words', { reason: words(reason) }), t('dead-letters.replay.all'), async () => {
    // A part at a time, as long as there is more: but not for ever those that fail again.
    for (let parts = 0, left = true; left && parts < PARTS_MAX; parts++) left = (await post('/dead-letters/replay', { reason })).left;
    view.reload();
  });

/** As many parts of 500 as a shard may have dead letters by default. */
const PARTS_MAX = 20;
