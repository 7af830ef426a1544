// What DNA promises, judged by the figures of this run. A figure that was not measured has no
// entry; one that could not be measured does not hold.

import { OURS } from './peers/index.js';

const KIB = 1024;

/** Figures of ours with a fixed bound: name, figure, bound, unit. */
const BOUNDS = [
  ['first page, brotli', 'brotli_bytes', 15 * KIB, 'bytes'],
  ['blocking part, brotli', 'blocking_brotli_bytes', 2 * KIB, 'bytes'],
  ['load CPU over none', 'load_cpu_ms', 5, 'ms'],
  ['an instrumented fetch', 'fetch_cpu_us', 100, 'µs'],
  ['an error', 'error_cpu_us', 100, 'µs'],
  ['long tasks on a 4 times slower CPU', 'long_tasks', 0, 'tasks'],
  // One page of Wasm memory; the heap's size swings by some kilobytes by itself.
  ['heap grown over 10,000 routes', 'routes_heap_bytes', 64 * KIB, 'bytes'],
  ['Wasm memory grown over 10,000 routes', 'routes_wasm_bytes', 0, 'bytes'],
];
const HEAP_MAX = 150 * KIB;

/** The targets of decision 12's JSON: name, target, measured, holds. */
export function targetsOf(rows, results) {
  const ours = rows.find(({ peer }) => peer.name === OURS).row;
  const rivals = rows.filter(({ peer }) => peer.full && peer.name !== OURS).map(({ row }) => row);
  const asked = (key) => results.some(({ task }) => task.figures.some((figure) => figure.key === key));
  const targets = BOUNDS.filter(([, key]) => asked(key)).map(([name, key, bound, unit]) => atMost(name, ours[key], bound, unit));
  if (asked('load_cpu_ms')) {
    const name = 'load CPU below every full peer';
    targets.splice(-1, 0, ...compared(name, ours.load_cpu_ms, rivals, 'load_cpu_ms', 1, 'ms'));
    targets.push(atMost('JS heap over none', ours.heap_bytes, HEAP_MAX, 'bytes'));
    targets.push(atMost('JS heap over none + Wasm memory', (ours.heap_bytes ?? NaN) + (ours.wasm_memory_bytes ?? NaN), HEAP_MAX, 'bytes'));
  }
  if (asked('journey_bytes')) {
    targets.push(...compared('journey, bodies and headers', ours.journey_bytes, rivals, 'journey_bytes', 1 / 3, 'bytes'));
    targets.push(...compared('journey, bodies', ours.journey_body_bytes, rivals, 'journey_body_bytes', 1 / 3, 'bytes'));
  }
  for (const { task } of results.filter(({ task }) => task.delivery)) targets.push(delivered(task, ours));
  return targets;
}

function atMost(name, measured, bound, unit) {
  const holds = Number.isFinite(measured) && measured <= bound;
  return { name, target: `<= ${bound.toLocaleString('en')} ${unit}`, measured: said(measured, unit), holds };
}

/** Against the best rival; without a rival that was measured there is nothing to judge. */
function compared(name, measured, rivals, key, share, unit) {
  const known = rivals.filter((row) => Number.isFinite(row[key])).toSorted((a, b) => a[key] - b[key]);
  if (known.length === 0) return [];
  const bound = Math.round(known[0][key] * share * 10) / 10;
  const what = share === 1 ? 'of' : `a third of ${known[0][key].toLocaleString('en')},`;
  const target = `<= ${bound.toLocaleString('en')} ${unit} (${what} ${known[0].name})`;
  return [{ name, target, measured: said(measured, unit), holds: Number.isFinite(measured) && measured <= bound }];
}

function delivered({ name, title, figures }, ours) {
  const key = figures[0].key;
  const [got, of] = [ours[key], ours[`${key}_of`]];
  return { name: `delivery: ${name}`, target: `all turns (${title})`, measured: `${got ?? 'nothing'} of ${of ?? '?'}`, holds: got === of && got > 0 };
}

const said = (measured, unit) => (Number.isFinite(measured) ? `${measured.toLocaleString('en')} ${unit}` : 'not measured');
