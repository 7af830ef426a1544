// One incident: what, since when, what was found, whom it hit, why, what was like it, what happened, who was
// told; acknowledged, silenced, talked about.

import { href } from '../address.js';
import { get, post } from '../api.js';
import { h } from '../dom.js';
import { count, duration, fullTime, share, time } from '../format.js';
import { may } from '../pages.js';
import { band as drawn } from '../parts/band.js';
import { customers } from '../parts/customers.js';
import { closeDialog, openDialog } from '../parts/dialog.js';
import { said } from '../parts/states.js';
import { table } from '../parts/table.js';
import { choice } from '../parts/tools.js';
import { between } from '../times.js';
import { named, t } from '../words.js';
import { severity, stateOf } from './incidents.js';

export const name = 'incident';
export const parentName = 'incidents';
export const parent = () => href('/incidents');

const HOUR_MS = 3_600_000;

export async function load(view) {
  const path = `/incidents/${encodeURIComponent(view.names.id)}`;
  const { title, incident, lines, deliveries, similar } = await get(path, {}, view.signal);
  view.title(title, t('incident.number', { id: incident.id }));
  const row = (key, value) => h('div', h('dt', t(key)), h('dd', value));
  const when = (at) => (at ? h('span', { title: fullTime(at) }, time(at)) : '–');
  const who = incident.acknowledged_by && [incident.acknowledged_by, ' ', when(incident.acknowledged_at)];
  return h(
    '.incident',
    h(
      'section.panel',
      h('.panel-head', h('h2', t('incident.facts')), may(view.me.role, 'support') && actions(view, path, incident)),
      h(
        'dl.facts',
        { id: 'facts' },
        row('incident.state', stateOf(incident)),
        row('incident.severity', severity(incident.severity)),
        row('incident.opened', when(incident.opened_at)),
        row('incident.resolved', when(incident.resolved_at)),
        row('incident.owner', incident.owner || '–'),
        row('incident.acknowledged', who || '–'),
        incident.reopened > 0 && row('incident.reopened', String(incident.reopened)),
      ),
      incident.description && h('p', incident.description),
    ),
    h('section.panel', h('h2', t('incident.parts')), parts(incident)),
    course(view, incident),
    customers(view, path, incident.app),
    incident.causes && h('section.panel', h('h2', t('causes.title')), why(incident.causes)),
    similar.length > 0 && h('section.panel', h('h2', t('similar.title')), earlier(similar)),
    h('section.panel', h('h2', t('incident.lines')), timeLine(lines)),
    h('section.panel', h('h2', t('incident.told')), deliveries.length == 0 ? h('p.muted', t('incident.told.none')) : told(deliveries)),
  );
}

function actions(view, path, incident) {
  const wrong = h('span.wrong', { role: 'alert' });
  const acknowledge = async () => {
    await post(`${path}/acknowledge`, {}).then(view.reload, (problem) => (wrong.textContent = said(problem)));
  };
  const button = (id, act) => h('button', { type: 'button', id, onclick: act }, t(`incident.${id}`));
  return h(
    '.buttons',
    wrong,
    incident.state == 'open' && button('acknowledge', acknowledge),
    incident.state != 'resolved' && button('silence', () => silence(view, incident)),
    button('comment', () => comment(view, path)),
  );
}

function form(title, action, send, ...parts) {
  const wrong = h('p.wrong', { role: 'alert' });
  const submit = async (event) => {
    event.preventDefault();
    await send().then(closeDialog, (problem) => (wrong.textContent = said(problem)));
  };
  openDialog(title, h('form', { onsubmit: submit }, parts, wrong, h('.buttons', h('button', { type: 'button', onclick: closeDialog }, t('cancel')), h('button.main', action))));
}

function comment(view, path) {
  const text = h('textarea', { id: 'comment-text', required: true, maxlength: 1000, rows: 4 });
  const send = () => post(`${path}/comments`, { text: text.value }).then(view.reload);
  form(t('incident.comment'), t('incident.comment.send'), send, h('label', t('incident.comment.text'), text));
}

/** Silences what fires in `incident`: its application, and its rule where it is one. */
function silence(view, incident) {
  const hours = choice(t('incident.silence.hours'), ['1', '4', '24', '72'].map((one) => [one, one]), '4', () => {}, 'silence-hours');
  const why = h('input', { id: 'silence-comment', required: true, maxlength: 500, autocomplete: 'off' });
  const rules = [...new Set(incident.parts.filter((part) => part.until === null).map((part) => part.rule))];
  const matcher = { app: incident.app, ...(rules.length == 1 ? { rule: rules[0] } : {}), ...(incident.owner ? { owner: incident.owner } : {}) };
  const send = () => post('/alerts/silences', { matcher, to: Date.now() + Number(hours.value) * HOUR_MS, comment: why.value }).then(view.reload);
  const words = t('incident.silence.words', { what: Object.values(matcher).join(' · ') });
  form(t('incident.silence'), t('incident.silence.send'), send, h('p', words), h('label', t('incident.silence.hours'), hours), h('label', t('incident.silence.why'), why));
}

const number = (value) => (value === null || value === undefined ? '–' : String(Number(value.toPrecision(5))));

const parts = (incident, { parts: rows, parts_left_out: leftOut } = incident) => [
  table({
    id: 'parts',
    caption: t('incident.parts'),
    sortable: false,
    rows,
    columns: [
      { head: t('rule.name'), cell: (row) => row.rule },
      { head: t('incident.place'), kind: 'long', cell: (row) => (row.dimension == 'all' ? t('incident.place.all') : `${row.dimension} = ${row.value}`) },
      { head: t('rule.measure'), cell: ({ found }) => found.measure },
      { head: t('incident.value'), kind: 'number', cell: ({ found }) => number(found.value) },
      { head: t('incident.limit'), kind: 'number', cell: ({ found }) => [found.is_above ? '> ' : '< ', number(found.limit)] },
      { head: t('incident.expected'), kind: 'number', priority: 2, hint: t('incident.expected.words'), cell: (row) => band(row, incident) },
      { head: t('incident.since'), cell: (row) => h('span', { title: fullTime(row.since) }, time(row.since)) },
      { head: t('incident.until'), priority: 2, cell: (row) => (row.until ? h('span', { title: fullTime(row.until) }, time(row.until)) : t('incident.goes_on')) },
    ],
  }),
  leftOut > 0 && h('p.muted', t('incident.parts.left_out', { count: leftOut })),
];

/** Where the course of what fires is: from an hour before on. */
function around({ found, dimension, value, since }, { app, resolved_at: end }) {
  const times = between(since - HOUR_MS, (end ?? Date.now()) + HOUR_MS / 12);
  return { app, measure: found.measure, ...times, ...(dimension == 'all' ? {} : { [dimension]: value }) };
}

/** What was expected, which leads to its course. */
function band(part, incident) {
  const { expected, confidence } = part.found;
  if (!expected) return '–';
  const range = h('a', { href: href('/baselines', around(part, incident)) }, `${number(expected.low)} – ${number(expected.high)}`);
  return [range, h('span.muted.block', named(`confidence.${confidence}`, confidence))];
}

/** The course of one of them, beside what was expected where that is known. */
function course(view, incident) {
  // What objectives time has no course of its own.
  const timed = incident.parts.filter(({ found }) => !/(_ms|^cls)$/.test(found.measure));
  const part = timed.find(({ found }) => found.expected) ?? timed[0];
  if (!part) return null;
  const asked = around(part, incident);
  const inner = h('div', h('p.muted', t('state.loading')));
  const { last: _, ...ask } = asked;
  const fill = (found) => inner.replaceChildren(drawn(view, found, (from, to) => href('/baselines', { ...asked, ...between(from, to) })));
  const fail = (problem) => problem.name != 'AbortError' && inner.replaceChildren(h('p.wrong', said(problem)));
  get('/baselines', ask, view.signal).then(fill, fail);
  return h('section.panel', { id: 'course' }, h('h2', t('incident.course')), inner);
}

/** What explains it, and what was ruled out. */
const why = ({ causes, ruled_out: out }) => [
  causes.length == 0
    ? h('p', { id: 'causes' }, t('causes.none'))
    : table({
        id: 'causes',
        caption: t('causes.title'),
        sortable: false,
        rows: causes,
        columns: [
          { head: t('incident.place'), kind: 'long', cell: (row) => `${row.dimension} = ${row.values.join(', ')}` },
          { head: t('causes.explained'), kind: 'number', hint: t('causes.explained.words'), cell: (row) => share(Math.min(row.explained, 1)) },
          { head: t('causes.before'), kind: 'number', cell: (row) => bad(row.before) },
          { head: t('causes.now'), kind: 'number', cell: (row) => bad(row.now) },
          { head: t('causes.rest'), kind: 'number', priority: 2, hint: t('causes.rest.words'), cell: (row) => bad(row.rest) },
          { head: t('causes.confidence'), kind: 'number', priority: 2, cell: (row) => share(row.confidence) },
        ],
      }),
  out.length > 0 && h('p.muted', t('causes.ruled_out', { what: out.map((one) => `${one.dimension} (${t(`causes.why.${one.why}`)})`).join(', ') })),
];

const bad = (counted) => `${count(counted.bad)} / ${count(counted.all)}`;

const earlier = (rows) =>
  table({
    id: 'similar',
    caption: t('similar.title'),
    sortable: false,
    rows,
    open: (row) => href(`/incidents/${row.id}`),
    columns: [
      { head: t('incident.what'), kind: 'long', cell: (row) => row.title },
      { head: t('similar.why'), cell: (row) => [row.same_cause, row.same_rule && h('span.muted.block', t('similar.rule'))] },
      { head: t('incident.opened'), cell: (row) => h('span', { title: fullTime(row.opened_at) }, time(row.opened_at)) },
      { head: t('similar.lasted'), kind: 'number', priority: 2, cell: (row) => (row.resolved_at ? duration(row.resolved_at - row.opened_at) : t('incident.goes_on')) },
      { head: t('incident.acknowledged'), priority: 2, cell: (row) => row.acknowledged_by || '–' },
    ],
  });

const timeLine = (lines) =>
  h('ol.plain', { id: 'lines' }, lines.map((line) => h('li', h('time.muted', { title: fullTime(line.at) }, time(line.at)), ' ', h('b', t(`line.${line.kind}`)), line.who && ` ${line.who}`, line.text && `: ${line.text}`)));

const told = (rows) =>
  table({
    id: 'deliveries',
    caption: t('incident.told'),
    sortable: false,
    rows,
    columns: [
      { head: t('incident.channel'), cell: (row) => row.channel },
      { head: t('incident.told.what'), cell: (row) => t(`notice.${row.kind}`) },
      { head: t('incident.state'), cell: (row) => [t(`delivery.state.${row.state}`), row.error && h('span.muted.block', row.error)] },
      { head: t('incident.told.tries'), kind: 'number', priority: 2, cell: (row) => String(row.tries) },
      { head: t('incident.told.at'), priority: 2, cell: (row) => (row.ended_at ? h('span', { title: fullTime(row.ended_at) }, time(row.ended_at)) : '–') },
    ],
  });
