/**
 * Tells when the address changes without a load. Not among the stub's hooks, which block the
 * page: a route that comes before the core is where the page is when the core starts.
 */
import { Kind, now, type Sink } from './record.js';
import { stands } from './stands.js';

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
  const wrap = (name: 'pushState' | 'replaceState', how: string) => {
    // Where a call finds it: other scripts have put theirs on either.
    const owner = Object.prototype.hasOwnProperty.call(history, name) ? history : History.prototype;
    const original = owner[name];
    const hooked = stands(original, (self, call) => {
      const result = Reflect.apply(original, self, call);
      tell(how);
      return result;
    });
    owner[name] = hooked;
    // Whoever has wrapped it meanwhile keeps a wrapper that still works.
    undo.push(() => owner[name] === hooked && (owner[name] = original));
  };
  try {
    wrap('pushState', 'push');
    wrap('replaceState', 'replace');
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
