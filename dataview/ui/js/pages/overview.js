// How an application is doing: availability first, then what people did, what went wrong and how long it took.

import { get } from '../api.js';
import { go, here, href } from '../address.js';
import { h } from '../dom.js';
import { count, duration, share } from '../format.js';
import { breakdown, DIMENSIONS } from '../parts/breakdown.js';
import { chart } from '../parts/chart.js';
import { empty, emptyBut, problemState, unread } from '../parts/states.js';
import { judgedShare, moved, tile, vital } from '../parts/tiles.js';
import { before, between, lastOf } from '../times.js';
import { t } from '../words.js';

export const name = 'overview';
export const ranged = true;

/** How many values a breakdown shows. */
const ROWS = 50;

export async function load(view) {
  const { app, range, params, signal } = view;
  if (!app) return empty('overview.none');
  const by = DIMENSIONS.includes(params.get('by')) ? params.get('by') : 'page';
  const dimension = DIMENSIONS.find((name) => params.has(name));
  const filter = dimension ? { dimension, value: params.get(dimension) } : {};
  const only = dimension ? { [dimension]: filter.value } : {};
  const during = ({ from, to }) => ({ app, from: Math.round(from), to: Math.round(to) });
  const asked = (path, more) => get(path, { ...during(range), ...more }, signal);
  const [now, then, rows] = await Promise.all([
    asked('/overview', only),
    // Only what the figures are compared with: the page stands without it.
    get('/overview', { ...during(before(range)), ...only }, signal).catch(() => null),
    asked('/breakdown', { by, limit: ROWS }).catch((problem) => problem),
  ]);
  const nothing = !now.totals.page_views && !now.totals.api_calls && !now.totals.errors;
  return h(
    '.overview',
    filtered(filter),
    nothing
      ? emptyBut(now.damaged_days, 'overview.empty', range.last != '7d' && h('a.button', { href: here(lastOf('7d')) }, t('overview.empty.action')))
      : [unread(now.damaged_days), figures(now.totals, then?.totals), charts(view, now), vitals(now.totals)],
    rows instanceof Error ? problemState(rows, view.reload) : breakdown({ by, rows: rows.rows, filter }),
  );
}

/** What the figures are restricted to, and the way out of it. */
function filtered({ dimension, value }) {
  if (!dimension) return null;
  const off = here({ [dimension]: null });
  return h(
    '.filters',
    h('a.chip', { href: off, 'data-close': true, title: t('filter.remove') }, h('span.muted', t(`by.${dimension}`)), h('b', value), h('span', { 'aria-hidden': 'true' }, '×'), h('span.unseen', t('filter.remove'))),
    h('span.muted', t('overview.filtered')),
    h('a', { href: href('/sessions', { [dimension]: value }) }, t('overview.sessions')),
  );
}

function figures(now, then) {
  const { availability, api_duration_ms: calls } = now;
  const before = then?.page_views || then?.api_calls ? then : null;
  const perHundred = (totals) => (totals.page_views > 0 ? ((100 * totals.errors) / totals.page_views).toFixed(1) : '–');
  const parts = h(
    'span.parts',
    h('span', t('overview.pages'), h('b', { class: judgedShare(availability?.pages) }, share(availability?.pages))),
    h('span', t('overview.calls'), h('b', { class: judgedShare(availability?.calls) }, share(availability?.calls))),
  );
  return h(
    'dl.tiles',
    tile({
      id: 'availability',
      classes: 'hero',
      name: t('overview.availability'),
      value: share(availability?.all),
      state: judgedShare(availability?.all),
      detail: [moved(availability?.all, before?.availability?.all, { better: 1, points: true }), parts],
      hint: t('overview.availability.words'),
    }),
    tile({ id: 'page-views', name: t('overview.page_views'), value: count(now.page_views), detail: moved(now.page_views, before?.page_views, { better: 0 }) }),
    tile({ id: 'sessions', name: t('overview.sessions_count'), value: count(now.sessions), detail: moved(now.sessions, before?.sessions, { better: 0 }) }),
    tile({ id: 'users', name: t('overview.users'), value: count(now.users), detail: moved(now.users, before?.users, { better: 0 }), hint: t('overview.users.words') }),
    tile({
      id: 'errors',
      name: t('overview.errors'),
      value: h('a', { href: href('/errors') }, count(now.errors)),
      detail: [moved(now.errors, before?.errors, { better: -1 }), h('span.muted', t('overview.per_view', { count: perHundred(now) }))],
    }),
    tile({
      id: 'latency',
      name: t('overview.latency'),
      value: duration(calls?.p95),
      detail: [moved(calls?.p95, before?.api_duration_ms?.p95, { better: -1 }), h('span.muted', t('overview.median', { time: duration(calls?.p50) }))],
      hint: t('overview.latency.words'),
    }),
  );
}

function charts(view, { series }) {
  const at = series.map((one) => one.at);
  if (at.length < 2) return null;
  const zoom = (from, to) => go(here(between(from, to)));
  const ratio = (ok, all) => series.map((one) => (one[all] > 0 ? one[ok] / one[all] : null));
  const counts = (key) => series.map((one) => one[key] ?? 0);
  const percentile = (key, which) => series.map((one) => one[key]?.[which] ?? null);
  const pages = ratio('page_views_ok', 'page_views');
  const calls = ratio('api_calls_ok', 'api_calls');
  const least = Math.min(0.95, ...[...pages, ...calls].filter((value) => value !== null));
  const make = (options) => chart(view, { at, zoom, hint: t('chart.zoom'), ...options });
  return h(
    '.charts',
    make({
      id: 'chart-availability',
      title: t('overview.availability'),
      series: [
        { label: t('overview.pages'), values: pages, colour: 'teal' },
        { label: t('overview.calls'), values: calls, colour: 'violet' },
      ],
      shown: share,
      ticks: (value) => `${Number((value * 100).toFixed(2))}%`,
      least: Math.max(0, least - (1 - least) * 0.15),
      most: 1,
    }),
    make({
      id: 'chart-views',
      title: t('chart.use'),
      series: [
        { label: t('overview.page_views'), values: counts('page_views'), colour: 'teal', fill: true },
        { label: t('overview.sessions_count'), values: counts('sessions'), colour: 'grey' },
      ],
      shown: count,
    }),
    make({ id: 'chart-errors', title: t('overview.errors'), series: [{ label: t('overview.errors'), values: counts('errors'), colour: 'poor', bars: true }], shown: count }),
    make({
      id: 'chart-latency',
      title: t('chart.latency'),
      series: [
        { label: 'p95', values: percentile('api_duration_ms', 'p95'), colour: 'violet' },
        { label: 'p50', values: percentile('api_duration_ms', 'p50'), colour: 'teal' },
      ],
      shown: duration,
    }),
  );
}

const vitals = (totals) =>
  h('section.panel', h('h2', t('vitals.title')), h('dl.vitals', ['lcp_ms', 'inp_ms', 'cls', 'fcp_ms', 'ttfb_ms'].map((key) => vital(key, totals[key]))));
