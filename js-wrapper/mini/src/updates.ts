/** What updates of data (setData) cost, and which paths of the data were set: never the data. */
import { attempt, type Host } from './hosts';
import { before, definitions } from './listen';
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
  is?: unknown;
  route?: unknown;
  setData?: (this: unknown, ...told: unknown[]) => unknown;
  setUpdatePerformanceListener?: SetListener;
}

type SetListener = (this: unknown, options: object, listener: (this: unknown, update: Update) => unknown, ...more: unknown[]) => unknown;

/** Paths of one update that are told: who sets more sets everything. */
const PATHS_MAX = 20;

export function updates(_: Host, sink: Sink): void {
  // Who is asked to load again is not measured twice.
  const seen = new WeakSet<object>();
  const begin = function (this: unknown) {
    const instance = this as Instance;
    if (seen.has(instance)) return;
    seen.add(instance);
    const name = String(instance.is || instance.route || '').replace(/^\//, '');
    const { setUpdatePerformanceListener } = instance;
    if (typeof setUpdatePerformanceListener == 'function') measured(instance, name, setUpdatePerformanceListener);
    else timed(instance, name);
  };

  /** An instance has one listener: the application's own, which it sets later, is called too, with what it asks for. */
  function measured(instance: Instance, name: string, original: SetListener): void {
    const tell = (update: Update) =>
      attempt(() => {
        const { pendingStartTimestamp: wanted, updateStartTimestamp: start, updateEndTimestamp: end } = update;
        const from = Number(wanted || start);
        sink(Kind.Update, from, name, Number(end) - from, Number(start) - from, !!update.isMergedUpdate, listed(update.dataPaths));
      }, undefined);
    const value: SetListener = function (this: unknown, options, listener, ...more) {
      if (typeof listener != 'function') return original.call(this, options, listener, ...more);
      const both = function (this: unknown, update: Update, ...told: unknown[]) {
        tell(update);
        return listener.call(this, update, ...(told as []));
      };
      return original.call(this, options, both, ...more);
    };
    // Where it cannot be replaced nothing is measured.
    Object.defineProperty(instance, 'setUpdatePerformanceListener', { value, configurable: true, enumerable: false, writable: true });
    original.call(instance, { withDataPaths: true }, tell);
  }

  /** Older platforms: until the callback of setData, which is called when the view shows it. */
  function timed(instance: Instance, name: string): void {
    const original = instance.setData;
    if (typeof original != 'function') return;
    instance.setData = function (this: unknown, ...told: unknown[]) {
      const [data, callback] = told;
      const start = Date.now();
      const names = attempt(() => Object.keys(data as object), []);
      const shown = function (this: unknown, ...answer: unknown[]) {
        attempt(() => sink(Kind.Update, start, name, Date.now() - start, 0, false, listed(names)), undefined);
        return typeof callback == 'function' ? callback.apply(this, answer) : undefined;
      };
      return original.call(this, data, shown);
    };
  }

  definitions((methods, name, how) => before(methods, name, begin, how), 'all');
}

/** Paths, separated by spaces; WeChat gives each as a list of its steps or as a text. */
function listed(paths: unknown): string {
  if (!Array.isArray(paths)) return '';
  const step = (path: unknown) => (Array.isArray(path) ? path.map((part) => (typeof part == 'number' ? `[${part}]` : part)).join('.') : String(path));
  return paths.slice(0, PATHS_MAX).map((path) => step(path).replace(/\.\[/g, '[').replace(/\s/g, '')).join(' ');
}
