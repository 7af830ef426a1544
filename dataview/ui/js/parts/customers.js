// Whom an incident hit: how many customers, and those that matter most, with ways to them.

import { href } from '../address.js';
import { get } from '../api.js';
import { h } from '../dom.js';
import { brief, count, fullTime, time } from '../format.js';
import { between } from '../times.js';
import { t } from '../words.js';
import { said } from './states.js';
import { table } from './table.js';
import { tile } from './tiles.js';

/** The section; it fills itself when the store has answered, so that the rest is read meanwhile. */
export function customers(view, path, app) {
  const inner = h('div', { id: 'customers', 'aria-live': 'polite' }, h('p.muted', t('customers.looking')));
  const fill = (found) => inner.replaceChildren(...told(found, app));
  const fail = (problem) => problem.name != 'AbortError' && inner.replaceChildren(h('p.wrong', said(problem)));
  get(`${path}/customers`, {}, view.signal).then(fill, fail);
  return h('section.panel', h('h2', t('customers.title')), inner);
}

function told(found, app) {
  const { from, to, places, only_troubled: troubled, present, sessions, hit, is_complete: all, vips, vips_left_out: more } = found;
  const least = (number) => (all ? count(number) : t('customers.at_least', { count: count(number) }));
  const only = places.length == 1 ? { [places[0].dimension]: places[0].value } : {};
  const range = { app, ...between(from, to) };
  const list = href('/sessions', { ...range, ...only, troubled: troubled ? 'true' : null });
  return [
    h(
      'dl.tiles.hit',
      tile({ id: 'hit', name: t('customers.hit'), value: least(hit), detail: present !== null && t('customers.of', { count: count(present) }), hint: t(troubled ? 'customers.troubled' : 'customers.all') }),
      // Several places are no list: sessions are filtered by what all of them have.
      tile({ id: 'hit-sessions', name: t('customers.sessions'), value: places.length > 1 ? least(sessions) : h('a', { href: list }, least(sessions)) }),
      tile({ id: 'hit-vips', name: t('customers.vips'), value: count(vips.length + more), state: vips.length > 0 ? 'poor' : '' }),
    ),
    h('p.muted', t(troubled ? 'customers.troubled' : 'customers.all'), !all && ` ${t('customers.part')}`),
    vips.length > 0 && vipTable(vips, range),
    more > 0 && h('p.muted', t('customers.more', { count: count(more) })),
  ].filter(Boolean);
}

const vipTable = (rows, range) =>
  table({
    id: 'vips',
    caption: t('customers.vips'),
    sortable: false,
    rows,
    open: (row) => href('/sessions', { ...range, user: row.user }),
    columns: [
      { head: t('sessions.user'), cell: (row) => [h('span.tier', row.tier), h('code', { title: row.user }, brief(row.user))] },
      { head: t('customers.last'), cell: (row) => h('span', { title: fullTime(row.last_at) }, time(row.last_at)) },
      { head: t('customers.failed'), kind: 'number', cell: (row) => count(row.calls_failed) },
      { head: t('sessions.errors'), kind: 'number', cell: (row) => count(row.errors) },
      { head: t('customers.session'), priority: 2, cell: (row) => h('a', { href: href(`/sessions/${row.session}`, { app: range.app }) }, h('code', brief(row.session))) },
    ],
  });
