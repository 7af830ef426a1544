// Series over time, drawn by uPlot. All charts of a page share the cursor; dragging over one zooms.

import { h } from '../dom.js';
import { clock, time } from '../format.js';

const HEIGHT = 148;
const cursors = () => window.uPlot.sync('page');

/**
 * A chart. `at` are ms; `series` are `{ label, values, colour, fill, dash }` with `null` where nothing is
 * known, `faint` lines are edges of what is filled between the two that `band` numbers, `dots` have no line; `shown(value)` writes a figure, `ticks(value)` one of the axis. `least` and `most` bound the axis. `zoom(from, to)` is told
 * what was dragged over. `view` says when it goes.
 */
export function chart(view, { title, hint, at, series, shown, ticks = shown, least, most, zoom, id, band }) {
  const values = series.map(() => h('b'));
  const legend = h('span.legend', series.map(({ label, colour }, index) => h('span', h('i', { style: { '--colour': `var(--${colour})` } }), `${label} `, values[index])));
  const when = h('span.when');
  const place = h('.plot', { role: 'img', 'aria-label': summary(title, series, shown) });
  const figure = h('figure.chart', { id, title: hint }, h('figcaption', h('span.chart-title', title), when, legend), place);

  /** Figures at the cursor; without one, the last that are known. */
  const point = (index) => {
    when.textContent = index === null ? '' : at[at.length - 1] - at[0] > 86_400_000 ? time(at[index]) : clock(at[index]).slice(0, 5);
    for (const [which, { values: all }] of series.entries()) {
      const value = index === null ? all.findLast((one) => one !== null && one !== undefined) : all[index];
      values[which].textContent = shown(value);
    }
  };
  point(null);

  let plot = null;
  const draw = () => {
    plot?.destroy();
    plot = new window.uPlot(options({ series, ticks, least, most, zoom, point, band, width: place.clientWidth || 300 }), [at.map((ms) => ms / 1000), ...series.map((one) => one.values)], place);
  };
  const sized = new ResizeObserver(() => {
    if (!plot) draw();
    else if (place.clientWidth != plot.width) plot.setSize({ width: place.clientWidth, height: HEIGHT });
  });
  sized.observe(place);
  addEventListener('dataview.theme', draw);
  view.leave(() => {
    sized.disconnect();
    removeEventListener('dataview.theme', draw);
    plot?.destroy();
  });
  return figure;
}

/** What a chart says to who does not see it. */
function summary(title, series, shown) {
  const parts = series.map(({ label, values }) => {
    const known = values.filter((value) => value !== null && value !== undefined);
    if (known.length == 0) return `${label}: –`;
    return `${label}: ${shown(Math.min(...known))} – ${shown(Math.max(...known))}`;
  });
  return `${title}. ${parts.join('; ')}`;
}

const coloured = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function options({ series, ticks, least, most, zoom, point, band, width }) {
  const [muted, line] = [coloured('muted'), coloured('line')];
  const font = '11px system-ui, sans-serif';
  const axis = { stroke: muted, font, ticks: { show: false }, gap: 4 };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: {
      y: false,
      // The others follow the cursor; what is dragged over belongs to this one alone.
      sync: { key: cursors().key, filters: { pub: (type) => type != 'mousedown' && type != 'mouseup' } },
      points: { size: 6 },
      drag: { x: true, y: false, setScale: false },
    },
    scales: { y: { range: (plot, low, high) => bounds(low, high, least, most) } },
    axes: [
      { ...axis, grid: { show: false }, size: 22, space: 64, values: stamps },
      { ...axis, grid: { stroke: line, width: 1 }, size: 54, space: 26, values: (plot, splits) => splits.map((split) => ticks(split)) },
    ],
    series: [
      {},
      ...series.map(({ colour, fill, dash, bars, dots, faint }) => ({
        stroke: faint ? `${coloured(colour)}66` : coloured(colour),
        width: bars || dots ? 0 : faint ? 1 : 1.5,
        dash,
        fill: fill || bars ? `${coloured(colour)}${bars ? 'cc' : '22'}` : undefined,
        paths: bars ? window.uPlot.paths.bars({ size: [0.7, 14] }) : undefined,
        points: { show: (plot, index) => dots || (!bars && alone(plot.data[index])), size: dots ? 6 : 4, fill: coloured(colour) },
        spanGaps: false,
      })),
    ],
    bands: band ? [{ series: [band[0] + 1, band[1] + 1], fill: `${coloured('grey')}33` }] : undefined,
    hooks: {
      setCursor: [(plot) => point(plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select;
          if (wide < 4) return;
          zoom?.(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + wide, 'x') * 1000);
        },
      ],
    },
  };
}

/** A single value among gaps has no line: it needs a point. */
const alone = (values) => values.filter((value) => value !== null && value !== undefined).length < 2;

/** The axis: a little air above, and the bounds that the caller wants. */
function bounds(low, high, least, most) {
  const top = high ?? 1;
  const from = least === undefined ? Math.min(low ?? 0, 0) : Math.min(least, low ?? least);
  const to = most === undefined ? (top > from ? top + (top - from) * 0.08 : from + 1) : most;
  return [from, to];
}

/** Times along the axis: the day where several are shown, the hour else. */
function stamps(plot, splits) {
  const days = splits.length > 1 && splits[1] - splits[0] >= 86_400;
  const long = splits.length > 1 && splits[splits.length - 1] - splits[0] > 86_400;
  return splits.map((split) => {
    const date = new Date(split * 1000);
    const midnight = date.getHours() == 0 && date.getMinutes() == 0;
    return days || (long && midnight) ? time(split * 1000).replace(/,? ?\d\d:\d\d$/, '') : clock(split * 1000).slice(0, 5);
  });
}
