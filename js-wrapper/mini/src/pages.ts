/** Which page is shown. */
import { attempt, type Host } from './hosts';
import { instances, pageMethods, pathOf, stack } from './definitions';
import { before, heard } from './listen';
import { Kind, type Sink } from './record';

export function pages(host: Host, sink: Sink): void {
  let shown: unknown;
  let depth = 0;
  const show = function (this: unknown) {
    // Shown again when the application is: not another page.
    if (this === shown) return;
    const pages = stack();
    // Called on a page under another one.
    if (pages.slice(0, -1).indexOf(this) >= 0) return;
    shown = this;
    const how = pages.length > depth ? 'push' : pages.length < depth ? 'traverse' : 'replace';
    depth = pages.length;
    sink(Kind.Route, Date.now(), pathOf(this) || pathOf(pages[depth - 1]), how);
  };
  pageMethods((methods, how) => before(methods, 'onShow', show, how));

  // A page's onShow may be out of reach, as one of a behavior of a plugin's, or of a page that is a component
  // without any method of a page's. Then the stack says it, when it may have changed.
  const look = () => {
    const [last] = stack().slice(-1);
    if (last) attempt(() => show.call(last), undefined);
  };
  if (heard(host, 'onAppRoute', look)) return;
  let looks = false;
  instances((_, isEarly) => {
    if (looks || isEarly) return;
    looks = true;
    setTimeout(() => {
      looks = false;
      look();
    });
  });
}
