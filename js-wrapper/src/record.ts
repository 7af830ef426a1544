import { Kind } from './kind.js';

export { Kind };

/** What a hook has seen: plain references, in the order that the core's `push` takes them. */
export type Record = [kind: Kind, time: number, a?: unknown, b?: unknown, c?: unknown, d?: unknown];

/** Takes records; never throws. */
export type Sink = (...record: Record) => void;

/** Milliseconds since the page's time origin. */
export const now = (): number => performance.now();
