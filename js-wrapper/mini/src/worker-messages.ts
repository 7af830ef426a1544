/** What the logic layer and the Worker tell each other. Messages are copied as JSON. */
import type { Header } from './hosts';

/** To the Worker. */
export interface ToWorker {
  /** Ours: an application may have messages of its own. */
  dna: 'to';
  /** How often consent was taken back or erased: what the core does meanwhile was allowed before, not now. */
  epoch: number;
  /** It wants a word back, so that it is known to live. */
  ping?: boolean;
  /** Load the module from the first of these paths that has it. */
  load?: string[];
  /** Start: the record of options, what is stored, and words that nobody can guess. */
  start?: { options: string; stored: { [key: string]: string }; seed: number[] };
  /** A record, as base64. */
  push?: string;
  /** A request has ended: its number, status, headers. */
  answer?: [request: number, status: number, header: Header];
}

/** From the Worker: what the core wants done, in its order; nothing, where it was only asked whether it lives. */
export interface FromWorker {
  dna: Wish[];
  /** The `epoch` that the core knew of. */
  epoch: number;
  /** So many of the records are in frames, which these or earlier wishes have stored. Absent where that is not known. */
  settled?: number;
}

export type Wish =
  | ['loaded']
  | ['no core']
  | ['started', number]
  | ['set', string, string]
  | ['remove', string]
  | ['send', request: number, url: string, body: string]
  | ['cancel']
  | ['warn', string];

/** One of ours, as it is or in a `message`: the platform's documents have both. */
export function ours<T extends { dna: unknown }>(told: unknown): T | undefined {
  const { dna, message } = Object(told) as { dna?: unknown; message?: { dna?: unknown } };
  return (dna ? told : message && message.dna ? message : undefined) as T | undefined;
}
