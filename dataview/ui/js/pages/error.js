// One error: where in the code it comes from, and in whose sessions it happened.

import { get } from '../api.js';
import { href } from '../address.js';
import { h } from '../dom.js';
import { brief, count, fullTime, time } from '../format.js';
import { empty } from '../parts/states.js';
import { table } from '../parts/table.js';
import { facts } from '../parts/tiles.js';
import { named, t } from '../words.js';

export const name = 'error';
export const ranged = true;
export const parent = () => href('/errors');
export const parentName = 'errors';

export async function load(view) {
  const { app, range, names, signal } = view;
  const asked = { app, from: Math.round(range.from), to: Math.round(range.to) };
  const { group, occurrences: happened, stack: lines } = await get(`/errors/${encodeURIComponent(names.fingerprint)}`, asked, signal);
  view.title(group.type || named(`kind.${group.kind}`, group.kind), group.message);
  return h(
    '.error',
    h(
      'section.panel',
      facts([
        [t('errors.kind'), named(`kind.${group.kind}`, group.kind)],
        [t('errors.count'), count(group.count)],
        [t('errors.sessions'), count(group.sessions)],
        [t('errors.users'), count(group.users)],
        [t('errors.first'), moment(group.first_at, group.first_release)],
        [t('errors.last'), moment(group.last_at, group.last_release)],
        [t('error.fingerprint'), h('code', names.fingerprint)],
      ]),
    ),
    h('section.panel', h('h2', t('error.stack')), stack(lines)),
    h('section.panel', h('h2', t('error.occurrences')), occurrences(happened)),
  );
}

const moment = (ms, release) => h('span', { title: fullTime(ms) }, time(ms), release && h('span.muted', ` · ${release}`));

/** Where it was thrown, the innermost first; with the source where a source map knows it. */
function stack(lines) {
  if (lines.length == 0) return h('p.muted', t('error.no_stack'));
  return h('ol.stack', lines.map(stackLine));
}

function stackLine({ raw, context = [], ...frame }) {
  if (raw) return h('li.raw', h('span.mono', raw.trim()));
  const source = context.length > 0 && h('pre', h('code', context.map(({ number, text }) => h('span.source', { class: number == frame.line ? 'here' : '' }, h('i', String(number)), `${text}\n`))));
  return h('li', h('.frame-head', h('b.mono', frame.function || t('error.anonymous')), h('span.mono.muted', place(frame))), source);
}

const place = ({ file, line, column }) => [file, line, column].filter((part) => part !== null && part !== undefined && part !== '').join(':');

function occurrences(rows) {
  if (rows.length == 0) return empty('error.none');
  return table({
    id: 'occurrences',
    caption: t('error.occurrences'),
    sortable: false,
    rows,
    open: (row) => href(`/sessions/${row.session}`, { at: row.at }),
    columns: [
      { key: 'at', head: t('error.at'), cell: (row) => h('span', { title: fullTime(row.at) }, time(row.at)) },
      { key: 'page', head: t('error.page'), kind: 'long', cell: (row) => row.page ?? '–' },
      { key: 'user', head: t('error.user'), cell: (row) => h('code', { title: row.user }, brief(row.user)) },
      { key: 'session', head: t('error.session'), priority: 2, cell: (row) => h('code', { title: row.session }, brief(row.session)) },
      { key: 'release', head: t('by.release'), priority: 2, cell: (row) => row.release ?? '–' },
    ],
  });
}
