/** Removes everything of ours from the storage. */
export function erase(): void;

/** From now on each event goes through this; nothing takes it out. */
export function filter_by(filter: (event: Uint8Array) => Uint8Array | undefined): void;

/** Gives `host.js` the exports of the core that it calls back. */
export function connect(core: {
  answered(sequence: number, status: number, retryAfter: number): void;
  observed(entries: unknown): void;
  woken(by: number): void;
}): void;

/** Shows each frame from now on, and what becomes of it: whether a beacon was taken, or the answer. */
export function watch(show: ((bytes: Uint8Array, outcome: boolean | Promise<Response>, sent: number) => void) | undefined): void;
