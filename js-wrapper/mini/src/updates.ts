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
  setUpdatePerformanceListener?: (options: { withDataPaths: true }, listener: (update: Update) => void) => void;
}

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
    if (typeof instance.setUpdatePerformanceListener == 'function') {
      instance.setUpdatePerformanceListener({ withDataPaths: true }, (update) =>
        attempt(() => {
          const { pendingStartTimestamp: wanted, updateStartTimestamp: start, updateEndTimestamp: end } = update;
          const from = Number(wanted || start);
          sink(Kind.Update, from, name, Number(end) - from, Number(start) - from, !!update.isMergedUpdate, listed(update.dataPaths));
        }, undefined),
      );
    } else {
      timed(instance, name);
    }
  };

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

  definitions((methods, name) => before(methods, name, begin), 'all');
}

/** Paths, separated by spaces; WeChat gives each as a list of its steps or as a text. */
function listed(paths: unknown): string {
  if (!Array.isArray(paths)) return '';
  const step = (path: unknown) => (Array.isArray(path) ? path.map((part) => (typeof part == 'number' ? `[${part}]` : part)).join('.') : String(path));
  return paths.slice(0, PATHS_MAX).map((path) => step(path).replace(/\.\[/g, '[').replace(/\s/g, '')).join(' ');
}
