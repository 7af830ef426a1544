// What is normal: the series of which that is learnt, and each with what was expected of it.

import { go, here } from '../address.js';
import { get } from '../api.js';
import { h } from '../dom.js';
import { count, duration, fullTime, score, share, time } from '../format.js';
import { DIMENSIONS } from '../parts/breakdown.js';
import { chart } from '../parts/chart.js';
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
  const band = await get('/baselines', ask, signal).then(
    (found) => shown(view, chosen, found),
    (problem) => {
      if (problem.name == 'AbortError') throw problem;
      return problemState(problem, view.reload);
    },
  );
  return h(
    '.incident',
    h('section.panel', h('h2', `${chosen.measure} · ${place(chosen)}`), band),
    series.length > 0 && h('section.panel', h('h2', t('baselines.list')), list(series, chosen), leftOut > 0 && h('p.muted', t('baselines.left_out', { count: count(leftOut) }))),
  );
}

/** How a figure of `measure` is written. */
function writer(measure) {
  if (measure.startsWith('availability')) return share;
  if (measure.startsWith('cls')) return score;
  return measure.includes('_ms.') ? duration : (value) => (typeof value == 'number' && value % 1 ? value.toPrecision(3) : count(value));
}

const place = ({ dimension, value }) => (dimension == 'all' ? t('incident.place.all') : `${t(`by.${dimension}`)} = ${value}`);

/** What it was beside what was expected; what is outside stands out. */
function shown(view, { measure }, { points, learnt }) {
  const write = writer(measure);
  const value = points.map((point) => point.value);
  const expected = (which) => points.map((point) => point.expected?.[which] ?? null);
  const outside = points.map(({ value: is, expected: wanted }) => (is !== null && wanted && (is < wanted.low || is > wanted.high) ? is : null));
  const isShare = write == share;
  const known = [...value, ...expected('low')].filter((one) => one !== null);
  const floor = Math.min(0.95, ...known);
  const bounds = isShare ? { least: Math.max(0, floor - (1 - floor) * 0.15), most: 1 } : {};
  const out = outside.filter((one) => one !== null).length;
  return h(
    'div',
    facts(learnt),
    chart(view, {
      id: 'band',
      title: measure,
      hint: t('chart.zoom'),
      at: points.map((point) => point.at),
      zoom: (from, to) => go(here(between(from, to))),
      series: [
        { label: t('baseline.high'), values: expected('high'), colour: 'grey', faint: true },
        { label: t('baseline.low'), values: expected('low'), colour: 'grey', faint: true },
        { label: t('baseline.middle'), values: expected('middle'), colour: 'grey', dash: [4, 4] },
        { label: t('incident.value'), values: value, colour: 'teal' },
        { label: t('baseline.outside'), values: outside, colour: 'poor', dots: true },
      ],
      band: [0, 1],
      shown: write,
      ticks: isShare ? (one) => `${Number((one * 100).toFixed(2))}%` : write,
      ...bounds,
    }),
    h('p', { id: 'outside' }, learnt?.confidence == 'learning' || !learnt ? t('baseline.nothing') : t('baseline.out', { count: count(out), all: count(points.length) })),
  );
}

function facts(learnt) {
  if (!learnt) return h('p.muted', t('baseline.unwatched'));
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
