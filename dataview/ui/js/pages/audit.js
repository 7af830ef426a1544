// Who looked up whom and why. Each entry carries the hash of the one before, so none can be changed unseen.

import { get } from '../api.js';
import { h } from '../dom.js';
import { brief, fullTime, time } from '../format.js';
import { empty } from '../parts/states.js';
import { more, table } from '../parts/table.js';
import { named, t } from '../words.js';

export const name = 'audit';

export async function load(view) {
  const ask = (cursor) => get('/audit', { cursor }, view.signal);
  const first = await ask();
  const rows = [...first.records];
  const list = h('div');
  const fill = () => list.replaceChildren(rows.length == 0 ? empty('audit.empty') : entries(rows));
  const goOn = async (cursor, holder) => {
    const next = await ask(cursor);
    rows.push(...next.records);
    fill();
    holder.replaceWith(more(next.next, goOn) ?? '');
  };
  fill();
  return h('.audit', seal(first), h('section.panel', list, more(first.next, goOn)));
}

const seal = ({ verified, broken_at: at, broken_why: why }) =>
  verified
    ? h('p.notice.good', h('b', t('audit.verified')), ' ', t('audit.verified.words'))
    : h('p.notice.poor', { role: 'alert' }, h('b', t('audit.broken')), ' ', t('audit.broken.words', { at: at ?? '?', why: why ? t(`audit.broken.${why}`) : '' }));

const entries = (rows) =>
  table({
    id: 'audit',
    caption: t('audit.title'),
    sortable: false,
    rows,
    columns: [
      { head: t('audit.sequence'), kind: 'number', priority: 2, cell: (row) => String(row.sequence) },
      { head: t('audit.at'), cell: (row) => h('span', { title: fullTime(row.at) }, time(row.at)) },
      { head: t('audit.who'), cell: (row) => row.who },
      { head: t('audit.action'), cell: (row) => named(`audit.action.${row.action}`, row.action) },
      { head: t('audit.subject'), priority: 2, cell: (row) => (row.action == 'user_looked_up' ? h('code', { title: row.subject }, brief(row.subject)) : row.subject) },
      { head: t('subscription.app'), priority: 2, cell: (row) => row.app ?? '–' },
      { head: t('audit.reason'), kind: 'long', cell: (row) => row.reason ?? '–' },
      { head: t('audit.hash'), priority: 3, cell: (row) => h('code.muted', { title: row.hash }, brief(row.hash)) },
    ],
  });
