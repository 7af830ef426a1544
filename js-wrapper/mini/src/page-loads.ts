/** How long pages take until they are there, by the moments at which the platform calls them. */
import type { Host } from './hosts';
import { pageMethods, pathOf } from './definitions';
import { around, before } from './listen';
import { Kind, type Sink } from './record';
import { watchRoutes } from './routes';

/** What opens a page leads to it within so long, or has led nowhere: a sub-package may have to be loaded. */
const ROUTE_MAX_MS = 20_000;

/** A page that is not rendered yet. */
interface Loading {
  from: number;
  how: string;
  /** How long onLoad took. */
  load: number;
}

export function pageLoads(host: Host, sink: Sink): void {
  /** The route that has begun: when, and how it is called. */
  let begun = NaN;
  let how = 'appLaunch';
  watchRoutes(host, {
    begins(openType) {
      begun = Date.now();
      how = openType;
    },
  });
  const loading = new WeakMap<object, Loading>();
  let loaded: unknown;
  pageMethods((methods, pages) => {
    around(methods, 'onLoad', function (this: unknown) {
      // Its own and a behavior's.
      if (loading.has(this as object)) return;
      const start = Date.now();
      const page = { from: start - begun < ROUTE_MAX_MS ? begun : start, how, load: NaN };
      [begun, how] = [NaN, ''];
      loaded = this;
      loading.set(this as object, page);
      return () => {
        page.load = Date.now() - start;
      };
    }, pages);
    before(methods, 'onShow', function (this: unknown) {
      // Shown again: the route has led here. Shown first, what has begun since leads elsewhere.
      if (this !== loaded) [begun, how] = [NaN, ''];
      loaded = undefined;
    }, pages);
    before(methods, 'onReady', function (this: unknown) {
      const page = loading.get(this as object);
      if (!page || !(page.from > 0)) return;
      sink(Kind.PageLoad, page.from, pathOf(this), page.how, page.load, Date.now());
      page.from = NaN;
    }, pages);
  });
}
