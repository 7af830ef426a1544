/** The application is seen, which is a warm launch, or covered: it may be suspended or ended from then on. */
import type { Host } from './hosts';
import { listen } from './listen';
import { opening } from './opening';
import { Kind, type Sink } from './record';

export function lifecycle(host: Host, sink: Sink): void {
  // The first time that it is shown is no news.
  let hidden = false;
  listen(host, 'onAppShow', (told) => {
    if (hidden) {
      sink(Kind.Lifecycle, Date.now(), 'show');
      sink(Kind.Launch, Date.now(), 'warm', ...opening(told));
    }
    hidden = false;
  });
  listen(host, 'onAppHide', () => {
    hidden = true;
    sink(Kind.Lifecycle, Date.now(), 'hide');
  });
}
