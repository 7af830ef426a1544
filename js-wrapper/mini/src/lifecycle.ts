/** The application is seen, or covered: it may be suspended or ended from then on. */
import type { Host } from './hosts';
import { listen } from './listen';
import { Kind, type Sink } from './record';

export function lifecycle(host: Host, sink: Sink): void {
  // The first time that it is shown is no news.
  let hidden = false;
  listen(host, 'onAppShow', () => {
    if (hidden) sink(Kind.Lifecycle, Date.now(), 'show');
    hidden = false;
  });
  listen(host, 'onAppHide', () => {
    hidden = true;
    sink(Kind.Lifecycle, Date.now(), 'hide');
  });
}
