/** Tells what the page writes to the console as an error, or warning, where it asks for that. */
import { Kind, now, type Sink } from './record.js';
import { replace } from './stands.js';

/** How much of it waits until the core is there: the beginning tells the most, and the queue is for errors too. */
export const EARLY_MAX = 50;

/** Hooks what `which` names of error and warn; gives back what takes the hooks out again. */
export function consoles(which: string | undefined, sink: Sink): () => void {
  const undo: (() => void)[] = [];
  for (const name of ['error', 'warn'] as const) {
    // In any form that a list of words may have.
    if (!`${which ?? ''}`.includes(name)) continue;
    try {
      undo.push(
        replace(console, name, (call, given) => {
          const result = call();
          try {
            // Ours are for the developer alone. What is no text is not read here: that may run the page's code.
            if (typeof given[0] != 'string' || !given[0].startsWith('dna: ')) sink(Kind.Console, now(), given, name.toUpperCase());
          } catch {
            // A page must never feel that it is watched.
          }
          return result;
        }),
      );
    } catch {
      // A page that has frozen its console is told of without it.
    }
  }
  return () => undo.forEach((take) => take());
}
