/** Pages and sub-packages that are not there. */
import type { Host } from './hosts';
import { listen } from './listen';
import { Kind, type Sink } from './record';

export function missing(host: Host, sink: Sink): void {
  listen(host, 'onPageNotFound', (told) => {
    const { path } = (told || {}) as { path?: unknown };
    sink(Kind.Missing, Date.now(), 'page', String(path || ''), '');
  });
  listen(host, 'onLazyLoadError', (told) => {
    const { subpackage, errMsg } = (told || {}) as { [name: string]: unknown };
    const names = Array.isArray(subpackage) ? subpackage.join(' ') : String(subpackage || '');
    sink(Kind.Missing, Date.now(), 'subpackage', names, String(errMsg || ''));
  });
}
