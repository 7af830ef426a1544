// What went wrong in the clients, by fingerprint: the same error of many people is one row.

import { get } from '../api.js';
import { href, note } from '../address.js';
import { h } from '../dom.js';
import { count, fullTime, time } from '../format.js';
import { empty, emptyBut, unread } from '../parts/states.js';
import { barred, more, table } from '../parts/table.js';
import { named, t } from '../words.js';

export const name = 'errors';
export const ranged = true;

export async function load(view) {
  const { app, range, params, signal } = view;
  if (!app) return empty('overview.none');
  const ask = (cursor) => get('/errors', { app, from: Math.round(range.from), to: Math.round(range.to), cursor }, signal);
  const first = await ask();
  if (first.errors.length == 0) return emptyBut(first.damaged_days, 'errors.empty');
  const rows = [...first.errors];
  const list = h('div');
  const found = h('span.muted', { role: 'status' });
  const field = h('input', { type: 'search', id: 'errors-filter', 'data-search': true, placeholder: t('errors.filter'), 'aria-label': t('errors.filter'), value: params.get('q') ?? '' });

  const fill = () => {
    const wanted = field.value.trim().toLowerCase();
    const fitting = rows.filter((row) => `${row.type} ${row.message} ${row.kind}`.toLowerCase().includes(wanted));
    found.textContent = t('errors.found', { count: count(fitting.length) });
    list.replaceChildren(fitting.length == 0 ? empty('errors.unmatched') : errorTable(fitting));
  };
  field.addEventListener('input', () => {
    note({ q: field.value.trim() });
    fill();
  });
  const goOn = async (cursor, holder) => {
    const next = await ask(cursor);
    rows.push(...next.errors);
    fill();
    holder.replaceWith(more(next.next, goOn) ?? '');
  };
  fill();
  return h('section.panel', unread(first.damaged_days), h('.panel-head', field, found), list, more(first.next, goOn));
}

function errorTable(rows) {
  const greatest = Math.max(...rows.map((row) => row.count));
  return table({
    id: 'errors',
    caption: t('errors.title'),
    rows,
    open: (row) => href(`/errors/${row.fingerprint}`),
    columns: [
      { key: 'message', head: t('errors.error'), kind: 'long', value: (row) => row.message, cell: title },
      { key: 'kind', head: t('errors.kind'), priority: 3, value: (row) => row.kind, cell: (row) => named(`kind.${row.kind}`, row.kind) },
      { key: 'count', head: t('errors.count'), kind: 'number', value: (row) => row.count, cell: (row) => barred(count(row.count), row.count, greatest) },
      { key: 'sessions', head: t('errors.sessions'), kind: 'number', priority: 2, value: (row) => row.sessions, cell: (row) => count(row.sessions) },
      { key: 'users', head: t('errors.users'), kind: 'number', priority: 2, value: (row) => row.users, cell: (row) => count(row.users) },
      { key: 'release', head: t('errors.release'), priority: 3, value: (row) => row.last_release, cell: releases },
      { key: 'first', head: t('errors.first'), kind: 'number', priority: 3, value: (row) => row.first_at, cell: (row) => stamp(row.first_at) },
      { key: 'last', head: t('errors.last'), kind: 'number', value: (row) => row.last_at, cell: (row) => stamp(row.last_at) },
    ],
  });
}

const title = (row) => h('span.error-title', h('b', row.type || named(`kind.${row.kind}`, row.kind)), h('span', row.message));
const stamp = (ms) => h('span', { title: fullTime(ms) }, time(ms));
const releases = ({ first_release: first, last_release: last }) => (first && last && first != last ? `${first} – ${last}` : (last ?? first ?? '–'));
