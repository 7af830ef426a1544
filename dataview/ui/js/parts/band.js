// A measure over time beside the band of what was expected of it.

import { go } from '../address.js';
import { h } from '../dom.js';
import { count, duration, score, share } from '../format.js';
import { t } from '../words.js';
import { chart } from './chart.js';

/** How a figure of `measure` is written. */
function writer(measure) {
  if (measure.startsWith('availability')) return share;
  if (measure.startsWith('cls')) return score;
  return measure.includes('_ms.') ? duration : (value) => (typeof value == 'number' && value % 1 ? value.toPrecision(3) : count(value));
}

/**
 * What a measure was beside what was expected, as `/baselines` tells it; what is outside stands out.
 * `address(from, to)` is where dragging over it leads.
 */
export function band(view, { measure, points, learnt }, address) {
  const write = writer(measure);
  const value = points.map((point) => point.value);
  const expected = (which) => points.map((point) => point.expected?.[which] ?? null);
  const outside = points.map(({ value: is, expected: wanted }) => (is !== null && wanted && (is < wanted.low || is > wanted.high) ? is : null));
  const isShare = write == share;
  const known = [...value, ...expected('low')].filter((one) => one !== null);
  const floor = Math.min(0.95, ...known);
  const bounds = isShare ? { least: Math.max(0, floor - (1 - floor) * 0.15), most: 1 } : {};
  const learns = points.some((point) => point.expected);
  const edge = (which) => ({ label: t(`baseline.${which}`), values: expected(which), colour: 'grey', faint: true });
  const [high, low] = [edge('high'), edge('low')];
  const middle = { label: t('baseline.middle'), values: expected('middle'), colour: 'grey', dash: [4, 4] };
  const line = { label: t('incident.value'), values: value, colour: 'teal' };
  const dots = { label: t('baseline.outside'), values: outside, colour: 'poor', dots: true };
  const out = outside.filter((one) => one !== null).length;
  return h(
    'div',
    chart(view, {
      id: 'band',
      title: measure,
      hint: t('chart.zoom'),
      at: points.map((point) => point.at),
      zoom: (from, to) => go(address(from, to)),
      ...(learns ? { series: [high, low, middle, line, dots], band: [0, 1] } : { series: [line] }),
      shown: write,
      ticks: isShare ? (one) => `${Number((one * 100).toFixed(2))}%` : write,
      ...bounds,
    }),
    h('p.muted', { id: 'outside' }, learnt ? t(learns ? 'baseline.out' : 'baseline.nothing', { count: count(out), all: count(points.length) }) : t('baseline.unwatched')),
  );
}
