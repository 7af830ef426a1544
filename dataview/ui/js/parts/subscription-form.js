// The dialogs in which a subscription is made, changed and replayed.

import { patch, post } from '../api.js';
import { h } from '../dom.js';
import { named, t } from '../words.js';
import { closeDialog, openDialog } from './dialog.js';
import { said } from './states.js';
import { choice } from './tools.js';

const KINDS = ['page_view', 'api_call', 'exception', 'unhandled_rejection', 'resource_failure', 'web_vital', 'user_action', 'transaction'];

/** From when on a subscriber gets events: so long ago, in ms. */
const BEGINNINGS = { now: 0, hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

const NOTHING = { filter: {}, fields: {}, delivery: { type: 'pull' } };

/** Asks what is subscribed to and how it is delivered, and makes it. */
export function addSubscription(view) {
  const title = h('input', { id: 'subscription-name', required: true, autocomplete: 'off', pattern: '[A-Za-z0-9_.\\-]{1,64}', placeholder: 'risk-department' });
  const from = choice(t('subscription.from'), Object.entries(BEGINNINGS).map(([key]) => [key, t(`subscription.from.${key}`)]), 'now', () => {}, 'subscription-from');
  const asked = definition(view, { ...NOTHING, filter: { apps: view.app ? [view.app] : [] } });
  const send = async () => {
    const ago = BEGINNINGS[from.value];
    const body = { name: title.value, ...asked.read(), ...(ago ? { from: Date.now() - ago } : {}) };
    made(await post('/subscriptions', body), body.name, view);
  };
  form(t('subscription.add'), send, t('subscription.add.action'), h('label', t('access.name'), title), asked.parts, h('label', t('subscription.from'), from));
}

/** Changes what `row` asks for, and replaces its secret. */
export function editSubscription(view, row) {
  const asked = definition(view, row);
  const rotate = h('input', { type: 'checkbox', id: 'subscription-rotate' });
  const send = async () => {
    const body = { ...asked.read(), ...(rotate.checked ? { rotate_secret: {} } : {}) };
    const answer = await patch(address(row.name), body);
    view.reload();
    if (answer?.secret) return secretShown(answer.secret, t('subscription.changed'));
    closeDialog();
  };
  const secret = row.delivery.type == 'webhook' && h('label.check', rotate, t('subscription.rotate'));
  form(t('subscription.edit.of', { name: row.name }), send, t('subscription.edit.save'), asked.parts, secret);
}

/** Stops `row` for now, or lets it go on. */
export async function pauseSubscription(view, row) {
  await patch(address(row.name), { paused: !row.paused });
  view.reload();
}

const address = (name) => `/subscriptions/${encodeURIComponent(name)}`;

/** A dialog with a form; what `send` is refused for stands in it. */
function form(title, send, action, ...parts) {
  const wrong = h('p.wrong', { role: 'alert' });
  const submit = async (event) => {
    event.preventDefault();
    wrong.textContent = '';
    await send().catch((problem) => (wrong.textContent = said(problem)));
  };
  openDialog(title, h('form', { onsubmit: submit }, parts, wrong, h('.buttons', h('button', { type: 'button', onclick: closeDialog }, t('cancel')), h('button.main', action))));
}

/** Fields for filter, mask and delivery, filled with those of `known`; `read()` gives what is in them. */
function definition(view, { filter, fields, delivery }) {
  const check = (id, value, checked) => h('input', { type: 'checkbox', value, id, checked });
  const boxes = (kind, all, chosen = []) => [...new Set([...all, ...chosen])].map((one) => check(`${kind}-${one}`, one, chosen.includes(one)));
  const list = (id, values = []) => h('input', { id, autocomplete: 'off', spellcheck: 'false', value: values.join(', ') });
  const group = (title, all, text) => h('fieldset', h('legend', title), h('.checks', all.map((box) => h('label.check', box, text(box.value)))));
  const apps = boxes('of-app', view.apps, filter.apps);
  const kinds = boxes('kind', KINDS, filter.kinds);
  const pages = list('subscription-pages', filter.pages);
  const tiers = list('subscription-tiers', filter.tiers);
  const failed = check('subscription-failed', 'failed', Boolean(filter.failed));
  const keep = list('subscription-keep', fields?.keep);
  const drop = list('subscription-drop', fields?.drop);
  const webhook = h('input', { id: 'subscription-webhook', type: 'url', placeholder: 'https://…', autocomplete: 'off', value: delivery.url });
  const more = [filter.pages, filter.tiers, fields?.keep, fields?.drop].some((one) => one?.length > 0);
  return {
    parts: [
      group(t('subscription.apps.choose'), apps, (name) => name),
      group(t('subscription.kinds'), kinds, (kind) => named(`kind.${kind}`, kind)),
      h('label.check', failed, t('subscription.failed')),
      h(
        'details',
        { open: more },
        h('summary', t('subscription.more')),
        h('label', t('subscription.pages.list'), pages),
        h('label', t('subscription.tiers.list'), tiers),
        h('label', t('subscription.keep.list'), keep),
        h('label', t('subscription.drop.list'), drop),
      ),
      h('label', t('subscription.webhook.url'), webhook),
      h('p.muted', t('subscription.pull.words')),
    ],
    read() {
      const chosen = (all) => all.filter((box) => box.checked).map((box) => box.value);
      const items = (field) => field.value.split(/[,\s]+/).filter(Boolean);
      const lists = { apps: chosen(apps), kinds: chosen(kinds), pages: items(pages), tiers: items(tiers) };
      const wanted = Object.fromEntries(Object.entries(lists).filter(([, values]) => values.length > 0));
      if (failed.checked) wanted.failed = true;
      // Nothing narrows it: that is said, as the API wants it.
      if (Object.keys(wanted).length == 0) wanted.everything = true;
      const mask = Object.fromEntries([['keep', items(keep)], ['drop', items(drop)]].filter(([, values]) => values.length > 0));
      return { filter: wanted, fields: mask, delivery: webhook.value ? { type: 'webhook', url: webhook.value } : { type: 'pull' } };
    },
  };
}

/** The secret that signs a webhook's calls is shown once; who pulls is told where from. */
function made(answer, name, view) {
  view.reload();
  if (answer?.secret) return secretShown(answer.secret, t('subscription.made'));
  const at = `${location.origin}/api/v1${address(name)}`;
  openDialog(t('subscription.made'), h('p', t('subscription.read')), h('p', h('code.secret', `${at}/events`), h('code.secret', `${at}/stream`)), closing());
}

const secretShown = (secret, title) => openDialog(title, h('p', t('subscription.secret')), h('p', h('code.secret', secret)), closing());

const closing = () => h('.buttons', h('button.main', { type: 'button', onclick: closeDialog }, t('close')));

/** Asks from when on `row` is to read again, and tells the server. */
export function replaySubscription(view, row) {
  const from = h('input', { type: 'datetime-local', id: 'replay-from', required: true });
  const send = async () => {
    await post(`${address(row.name)}/replay`, { from: new Date(from.value).getTime() });
    closeDialog();
    view.reload();
  };
  form(t('subscription.replay.of', { name: row.name }), send, t('subscription.replay.action'), h('p', t('subscription.replay.words')), h('label', t('subscription.from'), from));
}
