/** What of something that was thrown is told, before it is cleaned. Of an event without an error: its message. */
export interface Thrown {
  name?: string;
  message: string;
  /** With the stacks of what caused it. */
  stack?: string;
}

/** What `value` says, which need be no `Error`. */
export function thrown(value: unknown): Thrown;

/** What the `error` event of a script says. */
export function exception(event: unknown): Thrown;
