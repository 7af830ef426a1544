/** Pages and sub-packages that are not there. */
import { attempt, type Host, type Listener } from './hosts';
import { listen, listenInApp } from './listen';
import { Kind, type Sink } from './record';
import { watchRoutes } from './routes';

/** Within so long all of a platform's ways have told of one page. */
const SAME_MS = 1000;

export function missing(host: Host, sink: Sink): void {
  // One page may be told in several ways: as a route, to the application's method, to its listener. Who tells of it
  // again tells of another time.
  let [page, at] = ['', 0];
  let ways: string[] = [];
  const tell = (path: string, way: string) => {
    const now = Date.now();
    const again = path == page && now - at < SAME_MS && ways.indexOf(way) < 0;
    if (!again) ways = [];
    ways.push(way);
    if (again) return;
    [page, at] = [path, now];
    sink(Kind.Missing, now, 'page', path, '');
  };
  watchRoutes(host, { nowhere: tell });
  const listener = (way: string): Listener => (told) => tell(String((Object(told) as { path?: unknown }).path || '').replace(/^\//, ''), way);
  // Once anybody listens the platform shows no page of its own, so ours listens where the application does.
  listenInApp('onPageNotFound', listener('method'), false);
  attempt(() => beside(host, listener('listener')), undefined);
  listen(host, 'onLazyLoadError', (told) => {
    const { subpackage, errMsg } = (told || {}) as { [name: string]: unknown };
    const names = Array.isArray(subpackage) ? subpackage.join(' ') : String(subpackage || '');
    sink(Kind.Missing, Date.now(), 'subpackage', names, String(errMsg || ''));
  });
}

/** Has the platform call `listener` as long as it has one of the application's. */
function beside({ api }: Host, listener: Listener): void {
  const { onPageNotFound: on, offPageNotFound: off } = api;
  if (typeof on != 'function') return;
  const ours: Listener = (told) => attempt(() => void listener(told), undefined);
  let theirs: unknown[] = [];
  api.onPageNotFound = function (this: unknown, ...given: [Listener]) {
    if (!theirs.length) on.call(api, ours);
    theirs.push(given[0]);
    return on.apply(this, given);
  };
  if (typeof off != 'function') return;
  api.offPageNotFound = function (this: unknown, ...given: [Listener]) {
    theirs = theirs.filter((one) => given.length && one !== given[0]);
    const result = off.apply(this, given);
    if (!theirs.length) off.call(api, ours);
    return result;
  };
}
