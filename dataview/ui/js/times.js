// The range of time that a page is about, as the address says it: `last=1h`, or `from` and `to` in ms.

/** The ranges that can be chosen, in ms. */
export const PRESETS = {
  '15m': 900_000,
  '1h': 3_600_000,
  '6h': 21_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
};

const DEFAULT = '1h';
/** Dragging over less than this is a click that slipped. */
const SHORTEST_MS = 60_000;

/** The range of an address's parameters: `{ from, to, last }`; `last` is null when it stands still. */
export function rangeOf(params, now = Date.now()) {
  const from = Number(params.get('from'));
  const to = Number(params.get('to'));
  if (from > 0 && to > from) return { from, to, last: null };
  const last = PRESETS[params.get('last')] ? params.get('last') : DEFAULT;
  return { from: now - PRESETS[last], to: now, last };
}

/** What the address says for the last `name` of time. */
export const lastOf = (name) => ({ last: name == DEFAULT ? null : name, from: null, to: null });

/** What the address says for the time between two moments. */
export function between(from, to) {
  const middle = (from + to) / 2;
  const half = Math.max(SHORTEST_MS, to - from) / 2;
  return { last: null, from: Math.round(middle - half), to: Math.round(middle + half) };
}

/** As much time as `range`, so many times later. */
export function moved({ from, to }, times) {
  const span = to - from;
  return between(from + times * span, to + times * span);
}

/** The range just before `range`, which it is compared with. */
export const before = ({ from, to }) => ({ from: from - (to - from), to: from });
