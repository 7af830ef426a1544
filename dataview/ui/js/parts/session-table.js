// Sessions as a table; the list of sessions and the search for a user show the same.

import { href } from '../address.js';
import { h } from '../dom.js';
import { brief, count, duration, fullTime, time } from '../format.js';
import { t } from '../words.js';
import { table } from './table.js';

/** Who it is: the tier, where one is told, and the beginning of the pseudonym. */
export const person = ({ user, tier }) =>
  user ? [tier && h('span.tier', tier), h('code', { title: user }, brief(user))] : h('span.muted', t('sessions.nobody'));

/** The sessions `rows`, the newest first. */
export function sessionTable(rows) {
  return table({
    id: 'sessions',
    caption: t('sessions.title'),
    sortable: false,
    rows,
    open: (row) => href(`/sessions/${row.id}`),
    columns: [
      { key: 'last', head: t('sessions.started'), cell: (row) => h('span', { title: fullTime(row.first_at) }, time(row.first_at)) },
      { key: 'length', head: t('sessions.length'), kind: 'number', priority: 2, cell: (row) => duration(row.last_at - row.first_at) },
      { key: 'user', head: t('sessions.user'), cell: person },
      { key: 'page', head: t('sessions.first_page'), kind: 'long', priority: 2, cell: (row) => pathOf(row.first_page) },
      { key: 'network', head: t('sessions.network'), priority: 3, cell: (row) => lines(row.region, row.operator) },
      { key: 'device', head: t('sessions.device'), priority: 3, cell: (row) => lines(row.device, row.browser) },
      { key: 'views', head: t('sessions.views'), kind: 'number', priority: 2, cell: (row) => count(row.views) },
      { key: 'calls', head: t('sessions.failed'), kind: 'number', cell: (row) => trouble(row.calls_failed, row.calls) },
      { key: 'errors', head: t('sessions.errors'), kind: 'number', cell: (row) => trouble(row.errors) },
    ],
  });
}

/** Two facts below each other, the second one quieter. */
const lines = (first, second) => (first || second ? [first ?? second, first && second && h('span.muted.block', second)] : '–');

const trouble = (bad, of) =>
  h('span', { class: bad > 0 ? 'judged poor' : 'muted' }, count(bad ?? 0), of !== undefined && h('span.muted', ` / ${count(of ?? 0)}`));

/** An address without its origin, which is the same for nearly all. */
export function pathOf(address) {
  if (!address) return '–';
  try {
    const { pathname, protocol, host } = new URL(address);
    return protocol == 'miniprogram:' ? `${host}${pathname}` : pathname;
  } catch {
    return address;
  }
}
