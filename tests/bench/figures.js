// From samples to figures: medians over the turns, over the page without SDK where that counts.

import { BASE } from './peers/index.js';
import { summary } from './statistics.js';

/** A middle half of the turns that is wider than this share of the median is called noisy. */
const NOISY = 0.5;
/** A width of so few of a figure's last digit is no noise worth a word. */
const SMALL = 4;

/**
 * One item a peer: `row`, what the JSON says of it, and `cells`, by figure, what the report
 * shows: a summary, a count, or why there is none.
 */
export function figuresOf(peers, results) {
  return peers.map((peer) => {
    const row = { name: peer.name, version: peer.version };
    const cells = {};
    for (const { task, turns, measured } of results) {
      const mine = measured.get(peer.name);
      for (const figure of task.figures) {
        // The page without SDK has its own figures, which are what the others' come on top of.
        const base = figure.overBase && peer.name !== BASE ? measured.get(BASE) : undefined;
        cells[figure.key] = mine ? cell(task, figure, turns, mine, base) : { none: 'does not apply' };
        Object.assign(row, flat(figure.key, cells[figure.key]));
      }
    }
    return { peer, row, cells };
  });
}

function cell(task, figure, turns, { samples, failures }, base) {
  // A turn counts only where the page without SDK was measured in the same turn.
  const values = samples
    .map((sample, turn) => sample && sample[figure.from] - (base ? base.samples[turn]?.[figure.from] : 0))
    .filter(Number.isFinite);
  if (values.length === 0) return { none: `not run: ${failures[0] ?? 'no turn was measured'}` };
  if (!task.delivery) {
    const found = summary(values);
    return { ...found, noisy: noisy(found, figure), failed: turns - values.length };
  }
  const all = values.filter((share) => share === 1).length;
  return { ...summary(values), delivered: all, of: turns, failed: turns - values.length };
}

const noisy = ({ low, median, high }, { digits = 0 }) =>
  high - low > NOISY * Math.abs(median) && high - low > SMALL / 10 ** digits;

function flat(key, cell) {
  if (cell.none) return { [key]: null, [`${key}_why`]: cell.none };
  if (cell.of) return { [key]: cell.delivered, [`${key}_of`]: cell.of, [`${key}_share_median`]: cell.median };
  if (cell.turns === 1) return { [key]: rounded(cell.median) };
  const spread = { [`${key}_q1`]: rounded(cell.low), [`${key}_q3`]: rounded(cell.high) };
  return { [key]: rounded(cell.median), ...spread, ...(cell.noisy && { [`${key}_noisy`]: true }) };
}

const rounded = (value) => Math.round(value * 100) / 100;
