// Who may see what: people's accounts, and the tokens of programs.

import { get, post, put, remove } from '../api.js';
import { h } from '../dom.js';
import { time } from '../format.js';
import { closeDialog, confirm, openDialog } from '../parts/dialog.js';
import { said } from '../parts/states.js';
import { table } from '../parts/table.js';
import { choice } from '../parts/tools.js';
import { named, t } from '../words.js';

export const name = 'access';

const ROLES = ['viewer', 'support', 'administrator'];

export async function load(view) {
  const [{ accounts }, { tokens }] = await Promise.all([get('/accounts', {}, view.signal), get('/tokens', {}, view.signal)]);
  return h('.access', accountPanel(accounts, view), tokenPanel(tokens, view));
}

const role = (row) => named(`role.${row.role}`, row.role);
const apps = (row) => (row.apps ? row.apps.join(', ') || t('access.no_apps') : t('access.all_apps'));

function accountPanel(accounts, view) {
  const gone = (row) => confirm(t('access.remove'), t('access.remove.words', { name: row.name }), t('access.remove.action'), async () => {
    await remove(`/accounts/${encodeURIComponent(row.name)}`);
    view.reload();
  });
  return h(
    'section.panel',
    h('.panel-head', h('h2', t('access.accounts')), h('button', { type: 'button', id: 'add-account', onclick: () => addAccount(view) }, t('access.add'))),
    table({
      id: 'accounts',
      caption: t('access.accounts'),
      sortable: false,
      rows: accounts,
      columns: [
        { head: t('access.name'), cell: (row) => row.name },
        { head: t('access.role'), cell: role },
        { head: t('access.apps'), priority: 2, kind: 'long', cell: apps },
        { head: t('access.created'), kind: 'number', priority: 2, cell: (row) => time(row.created_at) },
        { head: t('access.seen'), kind: 'number', priority: 2, cell: (row) => (row.logged_in_at ? time(row.logged_in_at) : t('access.never')) },
        { head: '', kind: 'number', cell: (row) => [h('button.quiet', { type: 'button', onclick: () => changeAccount(view, row), 'aria-label': t('access.change.of', { name: row.name }) }, t('access.change.action')), row.name != view.me.name && h('button.quiet', { type: 'button', onclick: () => gone(row), 'aria-label': t('access.remove.of', { name: row.name }) }, t('access.remove.action'))] },
      ],
    }),
  );
}

function tokenPanel(tokens, view) {
  const gone = (row) => confirm(t('token.remove'), t('token.remove.words', { name: row.name }), t('token.remove.action'), async () => {
    await remove(`/tokens/${encodeURIComponent(row.name)}`);
    view.reload();
  });
  const body =
    tokens.length == 0
      ? h('p.muted', t('token.none'))
      : table({
          id: 'tokens',
          caption: t('access.tokens'),
          sortable: false,
          rows: tokens,
          columns: [
            { head: t('access.name'), cell: (row) => row.name },
            { head: t('access.role'), cell: role },
            { head: t('access.apps'), priority: 2, kind: 'long', cell: apps },
            { head: t('token.made_by'), priority: 2, cell: (row) => row.created_by },
            { head: t('access.created'), kind: 'number', priority: 2, cell: (row) => time(row.created_at) },
            { head: t('token.expires'), kind: 'number', priority: 2, cell: (row) => (row.expires_at ? time(row.expires_at) : t('token.never')) },
            { head: '', kind: 'number', cell: (row) => h('button.quiet', { type: 'button', onclick: () => gone(row), 'aria-label': t('token.remove.of', { name: row.name }) }, t('token.remove.action')) },
          ],
        });
  return h('section.panel', h('.panel-head', h('h2', t('access.tokens')), h('button', { type: 'button', id: 'add-token', onclick: () => addToken(view) }, t('token.add'))), h('p.muted', t('token.words')), body);
}

/** A form in a dialog: `send` makes what its fields say, and `done` tells what came of it. */
function form(title, fields, action, send, done) {
  const wrong = h('p.wrong', { role: 'alert' });
  const submit = async (event) => {
    event.preventDefault();
    wrong.textContent = '';
    await send().then(done, (problem) => (wrong.textContent = said(problem)));
  };
  openDialog(title, h('form', { onsubmit: submit }, fields, wrong, h('.buttons', h('button', { type: 'button', onclick: closeDialog }, t('cancel')), h('button.main', action))));
}

const roles = (chosen = 'viewer') => choice(t('access.role'), ROLES.map((one) => [one, `${t(`role.${one}`)} – ${t(`role.${one}.words`)}`]), chosen, () => {}, 'new-role');

/** Which applications: none ticked stands for all, also those to come. `value()` is what is sent. */
function appChoice(view, chosen) {
  const known = [...new Set([...view.apps, ...(chosen ?? [])])];
  const boxes = known.map((app) => h('input', { type: 'checkbox', value: app, id: `app-${app}`, checked: chosen?.includes(app) }));
  const element = h('fieldset', h('legend', t('access.apps.choose')), h('.checks', boxes.map((box) => h('label.check', box, box.value))));
  const value = () => {
    const wanted = boxes.filter((box) => box.checked).map((box) => box.value);
    return wanted.length > 0 ? { apps: wanted } : {};
  };
  return { element: known.length > 0 && element, value };
}

const passwordField = (required) => h('input', { id: 'new-password', type: 'password', required, minlength: '12', autocomplete: 'new-password' });

function addAccount(view) {
  const who = h('input', { id: 'new-name', required: true, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
  const password = passwordField(true);
  const wanted = roles();
  const where = appChoice(view);
  form(
    t('access.add'),
    [h('label', t('access.name'), who), h('label', t('access.role'), wanted), where.element, h('label', t('access.password'), password), h('p.muted', t('access.password.words'))],
    t('access.add.action'),
    () => post('/accounts', { name: who.value.trim(), role: wanted.value, password: password.value, ...where.value() }),
    () => done(view),
  );
}

function changeAccount(view, row) {
  const password = passwordField(false);
  const wanted = roles(row.role);
  const where = appChoice(view, row.apps);
  form(
    t('access.change.of', { name: row.name }),
    [h('label', t('access.role'), wanted), where.element, h('label', t('access.password.other'), password), h('p.muted', t('access.password.words'))],
    t('access.change.action'),
    () => put(`/accounts/${encodeURIComponent(row.name)}`, { role: wanted.value, ...where.value(), ...(password.value ? { password: password.value } : {}) }),
    () => done(view),
  );
}

function done(view) {
  closeDialog();
  view.reload();
}

/** How long tokens may live, in days; 0 stands for ever. */
const LIVES = [90, 30, 365, 0];

function addToken(view) {
  const what = h('input', { id: 'new-token-name', required: true, autocomplete: 'off' });
  const wanted = roles();
  const where = appChoice(view);
  const life = choice(t('token.expires'), LIVES.map((days) => [days, days ? t('token.days', { days }) : t('token.never')]), LIVES[0], () => {}, 'new-life');
  form(
    t('token.add'),
    [h('label', t('access.name'), what), h('label', t('access.role'), wanted), where.element, h('label', t('token.expires'), life)],
    t('token.add.action'),
    () => post('/tokens', { name: what.value.trim(), role: wanted.value, ...where.value(), ...(Number(life.value) ? { expires_at: Date.now() + Number(life.value) * 86_400_000 } : {}) }),
    ({ token }) => {
      view.reload();
      openDialog(t('token.made'), h('p', t('token.made.words')), h('p', h('code.secret', { id: 'token' }, token)), h('.buttons', h('button.main', { type: 'button', onclick: closeDialog }, t('close'))));
    },
  );
}
