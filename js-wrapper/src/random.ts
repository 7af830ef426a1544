/** So many random bytes in hex. */
export const hex = (count: number): string =>
  Array.from({ length: count }, () => ((Math.random() + 1) * 256 | 0).toString(16).slice(1)).join('');
