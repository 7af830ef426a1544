/** Tells what the visitor clicks on. Scripts click too; that is no visitor. */
import { Kind, type Sink } from './record.js';

/** Listens; gives back what ends it. */
export function actions(sink: Sink): () => void {
  const clicked = (event: Event) => {
    try {
      if (event.isTrusted) sink(Kind.Click, event.timeStamp, event.target);
    } catch {
      // A page must never feel that it is watched.
    }
  };
  const how = { capture: true, passive: true };
  addEventListener('click', clicked, how);
  return () => removeEventListener('click', clicked, how);
}
