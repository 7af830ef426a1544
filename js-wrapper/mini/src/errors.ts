/** Errors and rejections that nobody has caught. */
import { attempt, type Host } from './hosts';
import { listen } from './listen';
import { Kind, type Sink } from './record';

export function errors(host: Host, sink: Sink): void {
  listen(host, 'onError', (thrown, stack) => {
    // A text that has all of it; Alipay gives the stack by itself.
    if (typeof thrown == 'string') sink(Kind.Error, Date.now(), '', thrown, typeof stack == 'string' ? stack : '');
    else sink(Kind.Error, Date.now(), ...described(thrown));
  });
  listen(host, 'onUnhandledRejection', (told) => {
    const { reason } = (told || {}) as { reason?: unknown };
    sink(Kind.Rejection, Date.now(), ...described(reason));
  });
}

/** Name, message and stack of what was thrown, which need be no `Error`. */
export function described(thrown: unknown): [string, string, string] {
  const [name, message, stack] = attempt((): unknown[] => {
    const { name, message, stack, errMsg, errorMessage } = Object(thrown) as { [name: string]: unknown };
    // Last: what the platforms' own calls fail with.
    return [name, message || errMsg || errorMessage, stack];
  }, []);
  const is = (value: unknown) => (typeof value == 'string' ? value : '');
  const words = is(message) || (is(name) ? '' : attempt(() => String(thrown), ''));
  return [is(name) || typeof thrown, words, is(stack)];
}
