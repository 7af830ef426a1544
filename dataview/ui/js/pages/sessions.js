// Sessions, the newest first: by what they had in common, and those with trouble only.

import { get } from '../api.js';
import { go, here } from '../address.js';
import { h } from '../dom.js';
import { DIMENSIONS } from '../parts/breakdown.js';
import { sessionTable } from '../parts/session-table.js';
import { empty, emptyBut, unread } from '../parts/states.js';
import { more } from '../parts/table.js';
import { choice } from '../parts/tools.js';
import { t } from '../words.js';

export const name = 'sessions';
export const ranged = true;

export async function load(view) {
  const { app, range, params, signal } = view;
  if (!app) return empty('overview.none');
  const filters = Object.fromEntries([...params].filter(([key]) => DIMENSIONS.includes(key)));
  const asked = { app, from: Math.round(range.from), to: Math.round(range.to), user: params.get('user'), troubled: params.get('troubled'), ...filters };
  const ask = (cursor) => get('/sessions', { ...asked, cursor }, signal);
  const first = await ask();
  const rows = [...first.sessions];
  const list = h('div');
  const fill = () => list.replaceChildren(rows.length == 0 ? emptyBut(first.damaged_days, 'sessions.empty') : sessionTable(rows));
  const goOn = async (cursor, holder) => {
    const next = await ask(cursor);
    rows.push(...next.sessions);
    fill();
    holder.replaceWith(more(next.next, goOn) ?? '');
  };
  fill();
  return h('section.panel', rows.length > 0 && unread(first.damaged_days), bar(params, filters), list, more(first.next, goOn));
}

/** What the list is restricted to, each with a way out, and a way to restrict it further. */
function bar(params, filters) {
  const troubled = h('input', { type: 'checkbox', id: 'troubled', checked: params.get('troubled') == 'true' });
  troubled.addEventListener('change', () => go(here({ troubled: troubled.checked ? 'true' : null })));
  const chips = Object.entries(filters).map(([key, value]) => chip(t(`by.${key}`), value, key));
  const user = params.get('user');
  if (user) chips.push(chip(t('sessions.user'), `${user.slice(0, 12)}…`, 'user'));
  const dimension = choice(t('sessions.filter_by'), DIMENSIONS.map((one) => [one, t(`by.${one}`)]), 'region', () => {}, 'filter-by');
  const value = h('input', { id: 'filter-value', 'data-search': true, required: true, placeholder: t('sessions.filter_value'), 'aria-label': t('sessions.filter_value') });
  const added = (event) => {
    event.preventDefault();
    go(here({ [dimension.value]: value.value.trim() }));
  };
  return h('.panel-head.filters', h('label.check', troubled, t('sessions.troubled')), chips, h('form.add-filter', { onsubmit: added }, dimension, value, h('button', t('sessions.add'))));
}

const chip = (what, value, key) =>
  h('a.chip', { href: here({ [key]: null }), title: t('filter.remove') }, h('span.muted', what), h('b', value), h('span', { 'aria-hidden': 'true' }, '×'), h('span.unseen', t('filter.remove')));
