/** What updates of data (setData) cost, and which paths of the data were set: never the data. */
import { attempt, type Host } from './hosts';
import { instances, pathOf } from './definitions';
import { Kind, type Sink } from './record';

/** What the platforms tell of an update: WeChat and Alipay write its times alike. */
interface Update {
  dataPaths?: unknown;
  isMergedUpdate?: unknown;
  pendingStartTimestamp?: number;
  updateStartTimestamp?: number;
  updateEndTimestamp?: number;
}

interface Instance {
  setData?: (this: unknown, ...told: unknown[]) => unknown;
  setUpdatePerformanceListener?: SetListener;
}

type SetListener = (this: unknown, options: object, listener: (this: unknown, update: Update) => unknown, ...more: unknown[]) => unknown;

/** Paths of one update that are told: who sets more sets everything. */
const PATHS_MAX = 20;

export function updates(_: Host, sink: Sink): void {
  /** Of those whose listener is ours to set: whether one is set. Who is asked to load again is not measured twice. */
  const seen = new WeakMap<object, { isSet: boolean; listen(): void } | undefined>();
  instances((instance, isEarly) => {
    const { setUpdatePerformanceListener } = instance as Instance;
    if (typeof setUpdatePerformanceListener == 'function' && !seen.has(instance)) {
      seen.set(instance, undefined);
      seen.set(instance, shared(instance, setUpdatePerformanceListener));
    }
    if (isEarly) return;
    const listener = seen.get(instance);
    if (listener && !listener.isSet) listener.listen();
    if (!seen.has(instance)) timed(instance);
    seen.set(instance, undefined);
  });

  /** An instance has one listener: the application's own, whenever it sets one, is called too, with what it asks for. */
  function shared(instance: Instance, original: SetListener): { isSet: boolean; listen(): void } {
    const tell = (update: Update) =>
      attempt(() => {
        const { pendingStartTimestamp: wanted, updateStartTimestamp: start, updateEndTimestamp: end } = update;
        const from = Number(wanted || start);
        sink(Kind.Update, from, pathOf(instance), Number(end) - from, Number(start) - from, !!update.isMergedUpdate, listed(update.dataPaths));
      }, undefined);
    const listener = { isSet: false, listen: () => void original.call(instance, { withDataPaths: true }, tell) };
    const value: SetListener = function (this: unknown, options, theirs, ...more) {
      listener.isSet = true;
      // It takes its own away, not ours.
      if (typeof theirs != 'function') return listener.listen();
      const both = function (this: unknown, update: Update, ...told: unknown[]) {
        tell(update);
        return theirs.call(this, update, ...(told as []));
      };
      return original.call(this, options, both, ...more);
    };
    // Where it cannot be replaced nothing is measured.
    Object.defineProperty(instance, 'setUpdatePerformanceListener', { value, configurable: true, enumerable: false, writable: true });
    return listener;
  }

  /** Older platforms: until the callback of setData, which is called when the view shows it. */
  function timed(instance: Instance): void {
    const original = instance.setData;
    if (typeof original != 'function') return;
    instance.setData = function (this: unknown, ...told: unknown[]) {
      const [data, callback, ...more] = told;
      const start = Date.now();
      const names = attempt(() => Object.keys(data as object), []);
      const shown = function (this: unknown, ...answer: unknown[]) {
        attempt(() => sink(Kind.Update, start, pathOf(instance), Date.now() - start, 0, false, listed(names)), undefined);
        return typeof callback == 'function' ? callback.apply(this, answer) : undefined;
      };
      return original.call(this, data, shown, ...more);
    };
  }
}

/** Paths, separated by spaces; WeChat gives each as a list of its steps or as a text. */
function listed(paths: unknown): string {
  if (!Array.isArray(paths)) return '';
  const step = (path: unknown) => (Array.isArray(path) ? path.map((part) => (typeof part == 'number' ? `[${part}]` : part)).join('.') : String(path));
  return paths.slice(0, PATHS_MAX).map((path) => step(path).replace(/\.\[/g, '[').replace(/\s/g, '')).join(' ');
}
