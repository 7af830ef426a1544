/** How long pages take until they are there, by the moments at which the platform calls them. */
import { attempt, type Host } from './hosts';
import { around, before, definitions } from './listen';
import { Kind, type Sink } from './record';

/** What opens a page leads to it within so long, or has led nowhere: a sub-package may have to be loaded. */
const ROUTE_MAX_MS = 20_000;

/** The calls that open a page, where the platform does not tell when a route begins. */
const ROUTES = ['navigateTo', 'redirectTo', 'reLaunch', 'switchTab', 'navigateBack'] as const;

export function pageLoads({ api }: Host, sink: Sink): void {
  /** The route that has begun: when, and how it is called. */
  let begun = NaN;
  let how = 'appLaunch';
  const begin = (name: string) => {
    begun = Date.now();
    how = name;
  };
  if (typeof api.onBeforeAppRoute == 'function') {
    api.onBeforeAppRoute((route) => attempt(() => begin(String((Object(route) as { openType?: unknown }).openType || '')), undefined));
  } else {
    for (const name of ROUTES) attempt(() => opens(name), undefined);
  }

  function opens(name: (typeof ROUTES)[number]): void {
    const original = api[name] as ((this: unknown, ...told: unknown[]) => unknown) | undefined;
    if (typeof original != 'function') return;
    const hooked = function (this: unknown, ...told: unknown[]) {
      begin(name);
      return original.apply(this, told);
    };
    Object.defineProperty(api, name, { value: hooked, configurable: true, enumerable: true, writable: true });
  }

  definitions((methods, _, pages) => {
    // onLoad is the page's alone; a component without it is none.
    let [from, load, opened] = [NaN, NaN, ''];
    let loaded: unknown;
    around(methods, 'onLoad', function (this: unknown) {
      const start = Date.now();
      [from, opened] = [start - begun < ROUTE_MAX_MS ? begun : start, how];
      begun = NaN;
      how = '';
      loaded = this;
      return () => {
        load = Date.now() - start;
      };
    }, pages);
    before(methods, 'onShow', function (this: unknown) {
      // Shown again: the route has led here. Shown first, what has begun since leads elsewhere.
      if (this !== loaded) [begun, how] = [NaN, ''];
      loaded = undefined;
    }, pages);
    before(methods, 'onReady', function (this: unknown) {
      const { route, is } = this as { route?: unknown; is?: unknown };
      if (from > 0) sink(Kind.PageLoad, from, String(route || is || '').replace(/^\//, ''), opened, load, Date.now());
      from = NaN;
    }, pages);
  }, 'page');
}
