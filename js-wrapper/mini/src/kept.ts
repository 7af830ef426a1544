/** What the logic layer remembers for a core that has to take over from the Worker's. */
import { isFailure, Kind, type Record } from './record';

/** Records that are in no frame yet: the core makes one every 5 s, of far fewer. */
const KEPT_MAX = 400;
/** Transactions that are open; an application has few at once. */
const OPEN_MAX = 20;
/** So long the core waits for the end of a transaction. */
const OPEN_MS = 600_000;

/** Remembers records until the Worker has them in frames, and of those what holds for longer. */
export interface Kept {
  /** The options as a core that takes over reads them; they change with the records that are in frames. */
  options: string[];
  /** Takes a record that the Worker is told too; whether it says that something is no longer allowed. */
  takes(record: Record): boolean;
  /** So many records that were taken are in frames. */
  settled(count: number): void;
  /** Whether the application wants no more of it. */
  stopped(): boolean;
  /** What a core that takes over has to be told. */
  told(): Record[];
}

export function kept(given: string[]): Kept {
  const options = given.slice();
  let waiting: [number, Record][] = [];
  let [user, measures]: [Record?, Record?] = [];
  let open: Record[] = [];
  let [stopped, taken, lost] = [false, 0, 0];

  /** A record of which nothing need be told again: what it says of the time after it. */
  function passes(record: Record): void {
    const [kind, , first, second] = record;
    if (kind == Kind.Route) {
      options[options.indexOf('path') + 1] = String(first);
      if (options.indexOf('shown') < 0) options.push('shown', 'true');
    }
    if (kind == Kind.Entry && first == 'supported') measures = record;
    if (kind != Kind.Call || isDenied()) return;
    if (first == 'setUser' || first == 'clearUser') user = record;
    if (first == 'transaction' || first == 'end' || first == 'fail') open = open.filter(([, , , name]) => name !== second);
    if (first == 'transaction') open = [...open, record].slice(-OPEN_MAX);
  }

  const isDenied = () => options[1] == 'denied';
  const drop = (at: number, count: number) => waiting.splice(at, count).forEach(([, record]) => passes(record));

  return {
    options,
    takes(record) {
      taken++;
      const [kind, , first, second] = record;
      if (kind == Kind.Stop) stopped = true;
      if (kind == Kind.Call && first == 'consent') {
        options[1] = String(second);
        if (isDenied()) {
          // The core forgets it all.
          drop(0, waiting.length);
          user = undefined;
          open = [];
        }
        return second != 'granted';
      }
      // Then it looks at little, and tells nothing.
      if (isDenied()) passes(record);
      else waiting.push([taken, record]);
      if (waiting.length > KEPT_MAX) {
        lost++;
        // The oldest that is no failure.
        drop(Math.max(0, waiting.findIndex(([, record]) => !isFailure(record))), 1);
      }
      return false;
    },
    settled(count) {
      drop(0, waiting.filter(([number]) => number <= count).length);
    },
    stopped: () => stopped,
    told() {
      const since = Date.now() - OPEN_MS;
      const before = [measures, user].filter(Boolean) as Record[];
      const missing: Record[] = lost ? [[Kind.Lost, Date.now(), lost]] : [];
      return before.concat(open.filter(([, time]) => time > since), waiting.map(([, record]) => record), missing);
    },
  };
}
