// What is not as it should be, and what was.

import { go, here, href } from '../address.js';
import { get } from '../api.js';
import { h } from '../dom.js';
import { fullTime, time } from '../format.js';
import { empty } from '../parts/states.js';
import { more, table } from '../parts/table.js';
import { choice } from '../parts/tools.js';
import { t } from '../words.js';

export const name = 'incidents';

const STATES = ['', 'open', 'acknowledged', 'resolved'];

export async function load(view) {
  const state = STATES.includes(view.params.get('state')) ? view.params.get('state') : '';
  const ask = (cursor) => get('/incidents', { app: view.app, state, cursor }, view.signal);
  const first = await ask();
  const rows = [...first.incidents];
  const list = h('div');
  const fill = () => list.replaceChildren(rows.length == 0 ? empty('incidents.empty') : incidents(rows));
  const goOn = async (cursor, holder) => {
    const next = await ask(cursor);
    rows.push(...next.incidents);
    fill();
    holder.replaceWith(more(next.next, goOn) ?? '');
  };
  fill();
  const states = choice(t('incidents.state'), STATES.map((one) => [one, t(`incident.state.${one || 'any'}`)]), state, (one) => go(here({ state: one })), 'state');
  return h('section.panel', h('.panel-head', h('h2', t('incidents.list')), states), list, more(first.next, goOn));
}

const incidents = (rows) =>
  table({
    id: 'incidents',
    caption: t('incidents.title'),
    sortable: false,
    rows,
    open: ({ incident }) => href(`/incidents/${incident.id}`),
    columns: [
      { head: t('incident.what'), kind: 'long', cell: (row) => row.title },
      { head: t('incident.severity'), cell: ({ incident }) => severity(incident.severity) },
      { head: t('incident.state'), cell: ({ incident }) => stateOf(incident) },
      { head: t('incident.opened'), cell: ({ incident }) => h('span', { title: fullTime(incident.opened_at) }, time(incident.opened_at)) },
      { head: t('incident.resolved'), priority: 2, cell: ({ incident }) => (incident.resolved_at ? h('span', { title: fullTime(incident.resolved_at) }, time(incident.resolved_at)) : '–') },
      { head: t('incident.owner'), priority: 2, cell: ({ incident }) => incident.owner || '–' },
    ],
  });

const JUDGED = { info: 'good', warning: 'fair', critical: 'poor' };

/** How bad it is, in words and colour. */
export const severity = (one) => h(`span.judged.${JUDGED[one]}`, t(`severity.${one}`));

/** Where it stands; silenced where nobody is told. */
export const stateOf = ({ state, silenced }) => [t(`incident.state.${state}`), silenced && state != 'resolved' && h('span.muted.block', t('incident.silenced'))];
