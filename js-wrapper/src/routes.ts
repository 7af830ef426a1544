/**
 * Tells when the address changes without a load. Not among the stub's hooks, which block the
 * page: a route that comes before the core is where the page is when the core starts.
 */
import { Kind, now, type Sink } from './record.js';
import { replace } from './stands.js';

/** Hooks the history; gives back what takes the hooks out again. */
export function routes(sink: Sink): () => void {
  const tell = (how: string) => {
    try {
      sink(Kind.Route, now(), how);
    } catch {
      // A page must never feel that it is watched.
    }
  };
  const undo: (() => void)[] = [];
  const hook = (name: 'pushState' | 'replaceState', how: string) => {
    // Where a call finds it: other scripts have put theirs on either.
    const owner = Object.prototype.hasOwnProperty.call(history, name) ? history : History.prototype;
    undo.push(
      replace(owner, name, (call) => {
        const result = call();
        tell(how);
        return result;
      }),
    );
  };
  try {
    hook('pushState', 'push');
    hook('replaceState', 'replace');
  } catch {
    // A page that has frozen its history is told of by the events alone.
  }
  const moved = () => tell('traverse');
  for (const type of ['popstate', 'hashchange']) {
    addEventListener(type, moved, true);
    undo.push(() => removeEventListener(type, moved, true));
  }
  return () => undo.forEach((take) => take());
}
