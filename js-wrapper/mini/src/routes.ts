/** Routes: when one begins, and that one leads nowhere. */
import { copied, followed, told } from './answers';
import { attempt, type Host } from './hosts';
import { heard } from './listen';

type Call = (this: unknown, options?: object, ...more: unknown[]) => unknown;

interface Watcher {
  /** A route begins, of such a type, as `navigateTo`. */
  begins?(openType: string): void;
  /** There is no page at the path: a call has failed, or the platform tells it of a launch. */
  nowhere?(path: string, way: 'call' | 'route'): void;
}

/** The calls that open pages; their names are the types of routes. */
const CALLS = ['navigateTo', 'redirectTo', 'reLaunch', 'switchTab', 'navigateBack'] as const;

/** In the words of the platforms' failures: not that too many pages are open, or that a tab is none. */
const NOWHERE = /not (be )?(found|exist|in app\.json)|不存在|找不到/i;

const watchers: Watcher[] = [];

/** Has the watcher told: by the platform where it tells of routes (WeChat from 3.5.5), and by the calls. */
export function watchRoutes(host: Host, watcher: Watcher): void {
  const { api, mayPromise } = host;
  watchers.push(watcher);
  if (watchers.length > 1) return;
  const begins = (openType: string) => watchers.forEach((watcher) => watcher.begins && watcher.begins(openType));
  const nowhere = (path: unknown, way: 'call' | 'route') => watchers.forEach((watcher) => watcher.nowhere && watcher.nowhere(String(path || '').replace(/^\/|[?#].*/g, ''), way));
  const tells = heard(host, 'onBeforeAppRoute', (route) => {
    const { openType, notFound, path } = Object(route) as { [name: string]: unknown };
    // A call that fails makes no route: this is a launch, cold or warm.
    if (notFound === true) nowhere(path, 'route');
    else begins(String(openType || ''));
  });
  for (const name of CALLS) attempt(() => hook(name), undefined);

  function hook(name: (typeof CALLS)[number]): void {
    const original = api[name] as Call | undefined;
    if (typeof original != 'function' || (tells && name == 'navigateBack')) return;
    const hooked: Call = function (this: unknown, options, ...more) {
      if (!tells) begins(name);
      const sent = attempt(() => copied(options as object) as { [name: string]: unknown }, {});
      const { url, success, fail, complete } = sent;
      const failed = (failure: unknown) => {
        const { errMsg, errorMessage } = Object(failure) as { [name: string]: unknown };
        if (NOWHERE.test(String(errMsg || errorMessage))) nowhere(url, 'call');
      };
      if (!url) return original.apply(this, arguments as never);
      // A callback of ours would take the promise away.
      if (mayPromise && !success && !fail && !complete) {
        const result = original.apply(this, arguments as never);
        return attempt(() => followed(result, () => {}, failed), result);
      }
      told(sent, options as object, { fail: failed });
      return original.call(this, sent, ...more);
    };
    Object.defineProperty(api, name, { value: hooked, configurable: true, enumerable: true, writable: true });
  }
}
