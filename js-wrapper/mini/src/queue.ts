/** What the hooks have seen before the core runs. */
import type { Running } from './core';
import { Kind, type Record, type Sink } from './record';

/** Records that wait for the core: a launch makes some dozens. */
const WAITING_MAX = 200;
/** Of those so many measurements: many updates of data must not take the room of an error. */
const WAITING_MEASURES_MAX = 120;

/** Whether a record is one of many. */
function isMeasure([kind]: Record): boolean {
  return kind == Kind.Entry || kind == Kind.Update;
}

/** What is told of by events of the application's own, which say nothing of what comes after them. */
const TELLING = ['event', 'mark'];

/** Whether a record may go for one that says more: neither an error nor what holds from then on, as consent, user and page. */
function isDetail(record: Record): boolean {
  const [kind, , name] = record;
  return isMeasure(record) || kind == Kind.Request || (kind == Kind.Call && TELLING.indexOf(name as string) >= 0);
}

/** What the hooks push waits until the core runs; with the core it goes there; the last ends it, when there is none. */
export function queue(): [Sink, (core: Running | undefined) => void, () => void] {
  let waiting: Record[] | undefined = [];
  let running: Running | undefined;
  let lost = 0;
  const wait = (waiting: Record[], record: Record) => {
    if (waiting.length >= (isMeasure(record) ? WAITING_MEASURES_MAX : WAITING_MAX)) {
      lost++;
      const oldest = isDetail(record) ? -1 : waiting.findIndex(isDetail);
      if (oldest < 0) return;
      waiting.splice(oldest, 1);
    }
    waiting.push(record);
  };
  const push: Sink = (...record) => {
    if (running) running.push(record);
    else if (waiting) wait(waiting, record);
    else lost++;
  };
  const run = (core: Running | undefined) => {
    const before = waiting || [];
    waiting = undefined;
    running = core;
    if (!core) return;
    before.forEach((record) => core.push(record));
    if (lost) core.push([Kind.Lost, Date.now(), lost]);
  };
  return [push, run, () => (waiting = undefined)];
}
