// The dialog in which a subscription is made.

import { post } from '../api.js';
import { h } from '../dom.js';
import { t } from '../words.js';
import { closeDialog, openDialog } from './dialog.js';
import { said } from './states.js';
import { choice } from './tools.js';

const KINDS = ['page_view', 'api_call', 'exception', 'unhandled_rejection', 'resource_failure', 'web_vital', 'user_action', 'transaction'];

/** From when on a subscriber gets events: so long ago, in ms. */
const BEGINNINGS = { now: 0, hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

/** Asks what is subscribed to and how it is delivered, and makes it. */
export function addSubscription(view) {
  const title = h('input', { id: 'subscription-name', required: true, autocomplete: 'off', pattern: '[A-Za-z0-9_.\\-]{1,64}', placeholder: 'risk-department' });
  const app = choice(t('app.label'), view.apps.map((one) => [one, one]), view.app, () => {}, 'subscription-app');
  const failed = h('input', { type: 'checkbox', id: 'subscription-failed' });
  const kinds = KINDS.map((kind) => h('input', { type: 'checkbox', value: kind, id: `kind-${kind}` }));
  const webhook = h('input', { id: 'subscription-webhook', type: 'url', placeholder: 'https://…', autocomplete: 'off' });
  const from = choice(t('subscription.from'), Object.entries(BEGINNINGS).map(([key]) => [key, t(`subscription.from.${key}`)]), 'now', () => {}, 'subscription-from');
  const wrong = h('p.wrong', { role: 'alert' });
  const send = async (event) => {
    event.preventDefault();
    wrong.textContent = '';
    const wanted = kinds.filter((box) => box.checked).map((box) => box.value);
    const filter = { apps: [app.value], ...(wanted.length > 0 ? { kinds: wanted } : {}), ...(failed.checked ? { failed: true } : {}) };
    const delivery = webhook.value ? { type: 'webhook', url: webhook.value } : { type: 'pull' };
    const ago = BEGINNINGS[from.value];
    const body = { name: title.value, filter, fields: {}, delivery, ...(ago ? { from: Date.now() - ago } : {}) };
    try {
      made(await post('/subscriptions', body), body.name, view);
    } catch (problem) {
      wrong.textContent = said(problem);
    }
  };
  openDialog(
    t('subscription.add'),
    h(
      'form',
      { onsubmit: send },
      h('label', t('access.name'), title),
      h('label', t('app.label'), app),
      h('fieldset', h('legend', t('subscription.kinds')), h('.checks', kinds.map((box) => h('label.check', box, t(`kind.${box.value}`))))),
      h('label.check', failed, t('subscription.failed')),
      h('label', t('subscription.webhook.url'), webhook),
      h('p.muted', t('subscription.pull.words')),
      h('label', t('subscription.from'), from),
      wrong,
      h('.buttons', h('button', { type: 'button', onclick: closeDialog }, t('cancel')), h('button.main', t('subscription.add.action'))),
    ),
  );
}

/** The secret that signs a webhook's calls is shown once; who pulls is told where from. */
function made(answer, name, view) {
  closeDialog();
  view.reload();
  const secret = answer?.secret;
  const address = `/api/v1/subscriptions/${encodeURIComponent(name)}/`;
  if (!secret) return openDialog(t('subscription.made'), h('p', t('subscription.read')), h('p', h('code.secret', `${location.origin}${address}events`), h('code.secret', `${location.origin}${address}stream`)), closing());
  openDialog(t('subscription.made'), h('p', t('subscription.secret')), h('p', h('code.secret', secret)), closing());
}

const closing = () => h('.buttons', h('button.main', { type: 'button', onclick: closeDialog }, t('close')));

/** Asks from when on `row` is to read again, and tells the server. */
export function replaySubscription(view, row) {
  const from = h('input', { type: 'datetime-local', id: 'replay-from', required: true });
  const wrong = h('p.wrong', { role: 'alert' });
  const send = async (event) => {
    event.preventDefault();
    try {
      await post(`/subscriptions/${encodeURIComponent(row.name)}/replay`, { from: new Date(from.value).getTime() });
      closeDialog();
      view.reload();
    } catch (problem) {
      wrong.textContent = said(problem);
    }
  };
  openDialog(
    t('subscription.replay.of', { name: row.name }),
    h('form', { onsubmit: send }, h('p', t('subscription.replay.words')), h('label', t('subscription.from'), from), wrong, h('.buttons', h('button', { type: 'button', onclick: closeDialog }, t('cancel')), h('button.main', t('subscription.replay.action')))),
  );
}
