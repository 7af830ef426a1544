/** Pages and sub-packages that are not there. */
import { attempt, type Host, type Listener } from './hosts';
import { listen, listenInApp } from './listen';
import { Kind, type Sink } from './record';
import { watchRoutes } from './routes';

export function missing(host: Host, sink: Sink): void {
  // What the platform has told as a route it tells the application too.
  let before = '';
  const tell = (path: string) => sink(Kind.Missing, Date.now(), 'page', path, '');
  watchRoutes(host, {
    nowhere(path) {
      before = path;
      tell(path);
    },
  });
  const listener: Listener = (told) => {
    const path = String((Object(told) as { path?: unknown }).path || '').replace(/^\//, '');
    if (path !== before) tell(path);
    before = '';
  };
  // Once anybody listens the platform shows no page of its own, so ours listens where the application does.
  listenInApp('onPageNotFound', listener, false);
  attempt(() => beside(host, listener), undefined);
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
