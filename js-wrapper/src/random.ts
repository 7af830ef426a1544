/** A byte in hex. */
export const hexOf = (byte: number): string => (byte + 256).toString(16).slice(1);

/** So many random bytes in hex. They are names, not secrets, so the browser's plain generator does. */
export const hex = (count: number): string => (count ? hexOf((Math.random() * 256) | 0) + hex(count - 1) : '');
