// Who may see what: people's accounts, and the tokens of programs.

import { get, post, remove } from '../api.js';
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
        { head: t('access.apps'), priority: 2, kind: 'long', cell: (row) => (row.apps?.length > 0 ? row.apps.join(', ') : t('access.all_apps')) },
        { head: t('access.created'), kind: 'number', priority: 2, cell: (row) => time(row.created_at) },
        { head: '', kind: 'number', cell: (row) => row.name != view.me.name && h('button.quiet', { type: 'button', onclick: () => gone(row), 'aria-label': t('access.remove.of', { name: row.name }) }, t('access.remove.action')) },
      ],
    }),
  );
}

function tokenPanel(tokens, view) {
  const gone = (row) => confirm(t('token.remove'), t('token.remove.words', { name: row.name }), t('token.remove.action'), async () => {
    await remove(`/tokens/${encodeURIComponent(row.id ?? row.name)}`);
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

const roles = () => choice(t('access.role'), ROLES.map((one) => [one, `${t(`role.${one}`)} – ${t(`role.${one}.words`)}`]), 'viewer', () => {}, 'new-role');

function addAccount(view) {
  const who = h('input', { id: 'new-name', required: true, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' });
  const password = h('input', { id: 'new-password', type: 'password', required: true, minlength: '12', autocomplete: 'new-password' });
  const wanted = roles();
  form(
    t('access.add'),
    [h('label', t('access.name'), who), h('label', t('access.role'), wanted), h('label', t('access.password'), password)],
    t('access.add.action'),
    () => post('/accounts', { name: who.value.trim(), role: wanted.value, password: password.value }),
    () => {
      closeDialog();
      view.reload();
    },
  );
}

function addToken(view) {
  const what = h('input', { id: 'new-token-name', required: true, autocomplete: 'off' });
  const wanted = roles();
  form(
    t('token.add'),
    [h('label', t('access.name'), what), h('label', t('access.role'), wanted)],
    t('token.add.action'),
    () => post('/tokens', { name: what.value.trim(), role: wanted.value }),
    ({ token }) => {
      view.reload();
      openDialog(t('token.made'), h('p', t('token.made.words')), h('p', h('code.secret', { id: 'token' }, token)), h('.buttons', h('button.main', { type: 'button', onclick: closeDialog }, t('close'))));
    },
  );
}
