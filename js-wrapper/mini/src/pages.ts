/** Which page is shown. */
import { attempt, type Host } from './hosts';
import { before, definitions } from './listen';
import { Kind, type Sink } from './record';

export function pages(_: Host, sink: Sink): void {
  let shown: unknown;
  let depth = 0;
  const show = function (this: unknown) {
    // Shown again when the application is: not another page.
    if (this === shown) return;
    const stack = attempt(() => getCurrentPages(), []);
    // Called on a page under another one.
    if (stack.slice(0, -1).indexOf(this as typeof stack[0]) >= 0) return;
    shown = this;
    const { route } = this as { route?: unknown };
    const last = stack[stack.length - 1];
    const path = typeof route == 'string' ? route : (last && last.route) || '';
    const how = stack.length > depth ? 'push' : stack.length < depth ? 'traverse' : 'replace';
    depth = stack.length;
    sink(Kind.Route, Date.now(), path.replace(/^\//, ''), how);
  };
  definitions((methods, _, how) => before(methods, 'onShow', show, how), 'page');
}
