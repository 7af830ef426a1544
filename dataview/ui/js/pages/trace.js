// One call from the click to the SQL: who took how long, and what is not known and why.

import { get } from '../api.js';
import { href, params } from '../address.js';
import { h } from '../dom.js';
import { brief, count, duration, fullTime, time } from '../format.js';
import { empty } from '../parts/states.js';
import { facts } from '../parts/tiles.js';
import { shares, waterfall } from '../parts/waterfall.js';
import { t } from '../words.js';

export const name = 'trace';
/** Back to the session that one came from. */
export const parent = () => {
  const session = params().get('session');
  return session ? href(`/sessions/${session}`, { at: params().get('near') }) : href('/sessions');
};
export const parentName = 'session';

export async function load(view) {
  const { names, signal, params: query } = view;
  const trace = await get(`/traces/${encodeURIComponent(names.id)}`, { near: query.get('near') }, signal);
  const { rows, logs = [], gaps = [] } = trace;
  if (rows.length == 0) return empty('trace.empty');
  const start = Math.min(...rows.map((row) => row.start_us));
  const end = Math.max(...rows.map((row) => row.start_us + row.duration_us));
  const call = rows.find((row) => row.kind == 'call') ?? rows[0];
  view.title(call.name, '');
  const session = idOf(trace.session) ?? query.get('session');
  return h(
    '.trace',
    h(
      'section.panel',
      facts([
        [t('trace.began'), start > 1e14 && h('span', { title: fullTime(start / 1000) }, time(start / 1000))],
        [t('trace.took'), h('b', duration((end - start) / 1000))],
        [t('trace.steps'), count(rows.length)],
        [t('trace.failed'), rows.some((row) => row.ok === false) && h('span.judged.poor', count(rows.filter((row) => row.ok === false).length))],
        [t('error.session'), session && h('a', { href: href(`/sessions/${session}`, { at: query.get('near') }) }, h('code', brief(session)))],
        [t('trace.id'), h('code', names.id), true],
      ]),
      shares(rows),
    ),
    h('section.panel', h('h2', t('trace.waterfall')), waterfall(rows, gaps, { start, end })),
    logs.length > 0 && h('section.panel', h('h2', t('trace.logs')), logLines(logs)),
  );
}

const idOf = (session) => (typeof session == 'string' ? session : (session?.id ?? null));

/** Lines of the services' logs that belong to the trace. */
function logLines(logs) {
  return h(
    'ol.logs',
    logs.map((line) => {
      const at = line.at_us ? line.at_us / 1000 : line.at;
      const bad = line.severity >= 17;
      return h('li', { class: bad ? 'bad' : '' }, h('time', { title: fullTime(at) }, new Date(at).toISOString().slice(11, 23)), h('b', line.service), h('code', line.body));
    }),
  );
}
