// Who reads what was collected once: departments' programs, each at its own pace.

import { get, remove } from '../api.js';
import { h } from '../dom.js';
import { count, duration, time } from '../format.js';
import { confirm } from '../parts/dialog.js';
import { empty } from '../parts/states.js';
import { table } from '../parts/table.js';
import { addSubscription } from '../parts/subscription-form.js';
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
        { head: t('subscription.app'), priority: 2, cell: (row) => row.app ?? t('access.all_apps') },
        { head: t('subscription.filter'), kind: 'long', priority: 2, cell: (row) => filterText(row) },
        { head: t('subscription.delivery'), cell: (row) => (row.webhook ? [t('subscription.webhook'), h('span.muted.block', host(row.webhook))] : t('subscription.pull')) },
        { head: t('subscription.behind'), kind: 'number', cell: (row) => behind(row) },
        { head: t('subscription.state'), cell: (row) => h('span', { class: row.last_error ? 'judged poor' : '', title: row.last_error }, row.last_error ? t('subscription.failing') : named(`subscription.state.${row.state}`, t('subscription.fine'))) },
        { head: '', kind: 'number', cell: (row) => h('button.quiet', { type: 'button', onclick: () => gone(row), 'aria-label': t('subscription.remove.of', { name: row.name }) }, t('subscription.remove.action')) },
      ],
    }),
  );
}

const filterText = ({ filter = {}, fields = [] }) => {
  const parts = Object.entries(filter ?? {}).filter(([, value]) => value?.length > 0).map(([key, value]) => `${key} = ${[value].flat().join(', ')}`);
  if (fields?.length > 0) parts.push(t('subscription.fields', { count: fields.length }));
  return parts.length > 0 ? parts.join(' · ') : t('subscription.everything');
};

const behind = (row) => (typeof row.lag_ms == 'number' ? duration(row.lag_ms) : typeof row.lag == 'number' ? count(row.lag) : time(row.position_at));

function host(address) {
  try {
    return new URL(address.url ?? address).host;
  } catch {
    return String(address.url ?? address);
  }
}
