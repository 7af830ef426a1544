// The dialog in which a subscription is made.

import { post } from '../api.js';
import { h } from '../dom.js';
import { t } from '../words.js';
import { closeDialog, openDialog } from './dialog.js';
import { said } from './states.js';
import { choice } from './tools.js';

const KINDS = ['page_view', 'api_call', 'exception', 'unhandled_rejection', 'resource_failure', 'web_vital', 'user_action', 'transaction'];

/** Asks what is subscribed to and how it is delivered, and makes it. */
export function addSubscription(view) {
  const title = h('input', { id: 'subscription-name', required: true, autocomplete: 'off', pattern: '[A-Za-z0-9_.\\-]{1,64}', placeholder: 'risk-department' });
  const app = choice(t('app.label'), view.apps.map((one) => [one, one]), view.app, () => {}, 'subscription-app');
  const failed = h('input', { type: 'checkbox', id: 'subscription-failed' });
  const kinds = KINDS.map((kind) => h('input', { type: 'checkbox', value: kind, id: `kind-${kind}` }));
  const webhook = h('input', { id: 'subscription-webhook', type: 'url', placeholder: 'https://…', autocomplete: 'off' });
  const wrong = h('p.wrong', { role: 'alert' });
  const send = async (event) => {
    event.preventDefault();
    wrong.textContent = '';
    const wanted = kinds.filter((box) => box.checked).map((box) => box.value);
    const filter = { apps: [app.value], ...(wanted.length > 0 ? { kinds: wanted } : {}), ...(failed.checked ? { failed: true } : {}) };
    const delivery = webhook.value ? { type: 'webhook', url: webhook.value } : { type: 'pull' };
    const body = { name: title.value, filter, fields: {}, delivery };
    try {
      made(await post('/subscriptions', body), view);
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
      wrong,
      h('.buttons', h('button', { type: 'button', onclick: closeDialog }, t('cancel')), h('button.main', t('subscription.add.action'))),
    ),
  );
}

/** The secret that signs a webhook's calls is shown once. */
function made(answer, view) {
  closeDialog();
  view.reload();
  const secret = answer?.secret;
  if (secret) openDialog(t('subscription.made'), h('p', t('subscription.secret')), h('p', h('code.secret', secret)), h('.buttons', h('button.main', { type: 'button', onclick: closeDialog }, t('close'))));
}
