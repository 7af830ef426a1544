/** Gives `host.js` the exports of the core that it calls back. */
export function connect(core: {
  answered(sequence: number, status: number, retryAfter: number): void;
  observed(entries: unknown): void;
  woken(by: number): void;
}): void;
