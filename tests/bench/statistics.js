// Medians and their spread.

/** The value below which `share` of the sorted `values` lie. */
function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

/** Median and quartiles of `values`. */
export function summary(values) {
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(values, share));
  return { median, low, high, turns: values.length };
}
