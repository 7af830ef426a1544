/** Pages and sub-packages that are not there. */
import type { Host } from './hosts';
import { listen, listenInApp } from './listen';
import { Kind, type Sink } from './record';

export function missing(host: Host, sink: Sink): void {
  // Only where the application has this method: once anybody listens, WeChat shows no page of its own.
  const tell = (told: unknown) => {
    const { path } = Object(told) as { path?: unknown };
    sink(Kind.Missing, Date.now(), 'page', String(path || ''), '');
  };
  listenInApp('onPageNotFound', tell, false);
  listen(host, 'onLazyLoadError', (told) => {
    const { subpackage, errMsg } = (told || {}) as { [name: string]: unknown };
    const names = Array.isArray(subpackage) ? subpackage.join(' ') : String(subpackage || '');
    sink(Kind.Missing, Date.now(), 'subpackage', names, String(errMsg || ''));
  });
}
