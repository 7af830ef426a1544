// A customer is on the phone: who are they here, and what happened to them? What is typed goes to the
// server once and is kept nowhere; the address has the pseudonym only.

import { get, post } from '../api.js';
import { note } from '../address.js';
import { h } from '../dom.js';
import { brief } from '../format.js';
import { sessionTable } from '../parts/session-table.js';
import { empty, emptyBut, said, unread } from '../parts/states.js';
import { more } from '../parts/table.js';
import { t } from '../words.js';

export const name = 'find';

/** As long ago as can be asked for, but for a day: all that is kept. */
const HISTORY_MS = 399 * 86_400_000;

export async function load(view) {
  const { app, params, signal } = view;
  if (!app) return empty('overview.none');
  const user = params.get('user');
  const results = h('section', { 'aria-live': 'polite' });
  const to = Date.now();
  const all = { from: to - HISTORY_MS, to };
  /** The sessions of `user`; the next parts belong to the same range as the first. */
  const show = (found, answer, { from, to } = all) =>
    results.replaceChildren(foundUser(found, answer, (cursor) => get('/sessions', { app, from, to, user: found, cursor }, signal)));
  if (user) show(user, await get('/sessions', { app, ...all, user }, signal));
  else results.replaceChildren(empty('find.before'));
  return h('.find', form(view, show), results);
}

function form({ app, signal }, show) {
  const id = h('input', { id: 'user-id', name: 'dataview-user', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none', required: true, 'data-search': true });
  const reason = h('input', { id: 'reason', name: 'dataview-reason', autocomplete: 'off', required: true, minlength: '3', placeholder: t('find.reason.example') });
  const wrong = h('p.wrong', { role: 'alert', id: 'find-wrong' });
  const button = h('button.main', { id: 'find-action' }, t('find.action'));
  const look = async (event) => {
    event.preventDefault();
    button.disabled = true;
    wrong.textContent = '';
    try {
      const answer = await post('/users/lookup', { app, id: id.value.trim(), reason: reason.value.trim() }, signal);
      note({ user: answer.user });
      id.value = '';
      show(answer.user, answer, answer);
    } catch (problem) {
      if (problem.name != 'AbortError') wrong.textContent = problem.code == 'forbidden_role' ? t('find.forbidden') : said(problem);
    } finally {
      button.disabled = false;
    }
  };
  return h(
    'form.panel.find-form',
    { onsubmit: look, autocomplete: 'off' },
    h('label', t('find.id'), id),
    h('label.reason', t('find.reason'), reason),
    button,
    wrong,
    h('p.muted.find-note', t('find.note')),
  );
}

function foundUser(user, answer, ask) {
  const rows = [...answer.sessions];
  if (rows.length == 0) return h('.panel', heading(user), emptyBut(answer.damaged_days, 'find.empty'));
  const list = h('div');
  const fill = () => list.replaceChildren(sessionTable(rows));
  const goOn = async (cursor, holder) => {
    const next = await ask(cursor);
    rows.push(...next.sessions);
    fill();
    holder.replaceWith(more(next.next, goOn) ?? '');
  };
  fill();
  return h('.panel', heading(user), unread(answer.damaged_days), list, more(answer.next, goOn));
}

const heading = (user) => h('.panel-head', h('h2', t('find.found')), h('code', { title: user }, brief(user)));
