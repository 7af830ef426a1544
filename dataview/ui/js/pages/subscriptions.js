// Who reads what was collected once: departments' programs, each at its own pace.

import { get, remove } from '../api.js';
import { h } from '../dom.js';
import { count, fullTime, time } from '../format.js';
import { confirm } from '../parts/dialog.js';
import { empty, said } from '../parts/states.js';
import { table } from '../parts/table.js';
import { addSubscription, editSubscription, pauseSubscription, replaySubscription } from '../parts/subscription-form.js';
import { named, t } from '../words.js';

export const name = 'subscriptions';

export async function load(view) {
  const { subscriptions } = await get('/subscriptions', {}, view.signal);
  const add = h('button', { type: 'button', id: 'add-subscription', onclick: () => addSubscription(view) }, t('subscription.add'));
  if (subscriptions.length == 0) return h('section.panel', empty('subscriptions.empty', add));
  const gone = (row) => confirm(t('subscription.remove'), t('subscription.remove.words', { name: row.name }), t('subscription.remove.action'), async () => {
    await remove(`/subscriptions/${encodeURIComponent(row.name)}`);
    view.reload();
  });
  return h(
    'section.panel',
    h('.panel-head', h('h2', t('subscriptions.list')), add),
    table({
      id: 'subscriptions',
      caption: t('subscriptions.title'),
      sortable: false,
      rows: subscriptions,
      columns: [
        { head: t('access.name'), cell: (row) => row.name },
        { head: t('subscription.filter'), kind: 'long', priority: 2, cell: gets },
        { head: t('subscription.delivery'), priority: 2, cell: (row) => (row.delivery.type == 'webhook' ? [t('subscription.webhook'), h('span.muted.block', host(row.delivery.url))] : t('subscription.pull')) },
        { head: t('subscription.lines'), kind: 'number', priority: 2, cell: (row) => count(row.lines) },
        { head: t('subscription.behind'), kind: 'number', hint: t('subscription.behind.words'), cell: (row) => count(row.behind) },
        { head: t('subscription.at'), kind: 'number', priority: 2, cell: (row) => (row.progressed_at ? h('span', { title: fullTime(row.progressed_at) }, time(row.progressed_at)) : t('access.never')) },
        { head: t('subscription.state'), kind: 'long', cell: state },
        { head: t('subscription.actions'), kind: 'actions', cell: (row) => actions(view, row, gone) },
      ],
    }),
  );
}

/** How it goes; what went wrong in the reader's language, with the server's words behind it. */
function state(row) {
  if (row.paused) return h('span.judged.fair', t('subscription.paused'));
  const until = row.old_secret_until > Date.now() && h('span.muted.block', t('subscription.rotating', { time: time(row.old_secret_until) }));
  if (!row.error) return [t('subscription.fine'), until];
  const { code, status, detail } = row.error;
  return [h('span.judged.poor', { title: detail }, t('subscription.failing', { failures: count(row.failures), error: named(`delivery.${code}`, detail).replace('{status}', status) })), until];
}

function actions(view, row, gone) {
  const button = (key, act) => h('button.quiet', { type: 'button', onclick: act, 'aria-label': t(`subscription.${key}.of`, { name: row.name }) }, t(`subscription.${key}.action`));
  const pause = (event) => pauseSubscription(view, row).catch((problem) => event.target.closest('td').append(h('p.wrong', { role: 'alert' }, said(problem))));
  return [
    button('edit', () => editSubscription(view, row)),
    button(row.paused ? 'resume' : 'pause', pause),
    button('replay', () => replaySubscription(view, row)),
    button('remove', () => gone(row)),
  ];
}

/** Which events, and what of them. */
function gets({ filter, fields }) {
  const parts = ['apps', 'kinds', 'pages', 'tiers'].filter((key) => filter[key]?.length > 0).map((key) => `${t(`subscription.${key == 'kinds' ? 'kinds.short' : key}`)}: ${filter[key].map((one) => named(`kind.${one}`, one)).join(', ')}`);
  if (filter.failed) parts.push(t('subscription.failed'));
  if (parts.length == 0) parts.push(t('subscription.everything'));
  if (fields?.keep?.length > 0) parts.push(t('subscription.keep', { count: fields.keep.length }));
  if (fields?.drop?.length > 0) parts.push(t('subscription.drop', { count: fields.drop.length }));
  return parts.join(' · ');
}

function host(address) {
  try {
    return new URL(address).host;
  } catch {
    return address;
  }
}
