// What is normal: the series of which that is learnt, and each with what was expected of it.

import { here } from '../address.js';
import { get } from '../api.js';
import { h } from '../dom.js';
import { count, fullTime, time } from '../format.js';
import { band } from '../parts/band.js';
import { DIMENSIONS } from '../parts/breakdown.js';
import { empty, problemState } from '../parts/states.js';
import { table } from '../parts/table.js';
import { between } from '../times.js';
import { named, t } from '../words.js';

export const name = 'baselines';
export const ranged = true;

export async function load(view) {
  const { app, range, params, signal } = view;
  if (!app) return empty('overview.none');
  const { series, left_out: leftOut } = await get('/baselines/series', { app }, signal);
  if (series.length == 0 && !params.get('measure')) return empty('baselines.empty');
  const dimension = DIMENSIONS.find((one) => params.has(one)) ?? 'all';
  const asked = params.get('measure');
  const chosen = asked ? { measure: asked, dimension, value: params.get(dimension) ?? '' } : series[0];
  const only = chosen.dimension == 'all' ? {} : { [chosen.dimension]: chosen.value };
  const ask = { app, measure: chosen.measure, from: Math.round(range.from), to: Math.round(range.to), ...only };
  const course = await get('/baselines', ask, signal).then(
    (found) => h('div', facts(found.learnt), band(view, found, (from, to) => here(between(from, to)))),
    (problem) => {
      if (problem.name == 'AbortError') throw problem;
      return problemState(problem, view.reload);
    },
  );
  return h(
    '.incident',
    h('section.panel', h('h2', `${chosen.measure} · ${place(chosen)}`), course),
    series.length > 0 && h('section.panel', h('h2', t('baselines.list')), list(series, chosen), leftOut > 0 && h('p.muted', t('baselines.left_out', { count: count(leftOut) }))),
  );
}

const place = ({ dimension, value }) => (dimension == 'all' ? t('incident.place.all') : `${t(`by.${dimension}`)} = ${value}`);

function facts(learnt) {
  if (!learnt) return null;
  const row = (key, value) => h('div', h('dt', t(key)), h('dd', value));
  return h(
    'dl.facts',
    { id: 'learnt' },
    row('baseline.confidence', confidence(learnt)),
    row('baseline.hours', t('baseline.hours.of', { hours: count(learnt.hours_seen) })),
    row('baseline.until', h('span', { title: fullTime(learnt.until) }, time(learnt.until))),
    row('baseline.state', state(learnt)),
  );
}

const confidence = (learnt) => named(`confidence.${learnt.confidence}`, learnt.confidence);

function state({ out_since: since, confidence: sure }) {
  if (since) return h('span.judged.poor', { title: fullTime(since) }, t('baseline.out_since', { time: time(since) }));
  return sure == 'learning' ? '–' : t('baseline.usual');
}

const list = (rows, chosen) =>
  table({
    id: 'series',
    caption: t('baselines.list'),
    sortable: false,
    rows,
    open: ({ measure, dimension, value }) => here({ ...Object.fromEntries(DIMENSIONS.map((one) => [one, null])), measure, ...(dimension == 'all' ? {} : { [dimension]: value }) }),
    chosen: (row) => ['measure', 'dimension', 'value'].every((key) => row[key] == chosen[key]),
    columns: [
      { head: t('rule.measure'), cell: (row) => row.measure },
      { head: t('incident.place'), kind: 'long', cell: place },
      { head: t('baseline.state'), cell: (row) => state(row.learnt) },
      { head: t('baseline.confidence'), priority: 2, cell: (row) => confidence(row.learnt) },
      { head: t('baseline.hours'), kind: 'number', priority: 2, hint: t('baseline.hours.words'), cell: (row) => count(row.learnt.hours_seen) },
      { head: t('baseline.until'), priority: 3, cell: (row) => h('span', { title: fullTime(row.learnt.until) }, time(row.learnt.until)) },
    ],
  });
