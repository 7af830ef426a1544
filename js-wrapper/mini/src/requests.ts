/** Requests of the application's. */
import { attempt, type Host, type RequestOptions } from './hosts';
import { Kind, type Sink } from './record';

type Callback = (this: unknown, ...told: unknown[]) => unknown;

export function requests({ api, promises }: Host, sink: Sink): void {
  const original = api.request;
  const hooked = function (this: unknown, options: RequestOptions) {
    const watched = attempt(() => watch(options), options);
    return original.call(this, watched);
  };
  /** The same options with callbacks that tell first. */
  function watch(options: RequestOptions): RequestOptions {
    const { success, fail, complete } = options;
    // A promise that somebody waits for must stay one.
    if (promises && !success && !fail && !complete) return options;
    const start = Date.now();
    const tell = (status: unknown, error: string) => {
      const method = typeof options.method == 'string' ? options.method : '';
      const known = typeof status == 'number' ? status : 0;
      sink(Kind.Request, start, Date.now() - start, 'request', method, String(options.url), known, known ? '' : error);
    };
    return Object.assign({}, options, {
      success: first(success, (answer) => {
        const { statusCode, status } = Object(answer) as { statusCode?: unknown; status?: unknown };
        tell(statusCode || status, '');
      }),
      fail: first(fail, (failure) => {
        const { statusCode, status } = Object(failure) as { statusCode?: unknown; status?: unknown };
        tell(statusCode || status, reason(failure));
      }),
    });
  }
  Object.defineProperty(api, 'request', { value: hooked, configurable: true, enumerable: true, writable: true });
}

/** Has `listener` called before the `callback` that may be missing. */
function first(callback: unknown, listener: (told: unknown) => void): Callback {
  return function (this: unknown, ...told: unknown[]) {
    attempt(() => listener(told[0]), undefined);
    return typeof callback == 'function' ? callback.apply(this, told) : undefined;
  };
}

/** Why there was no answer, by the platforms' words and Alipay's numbers. */
function reason(failure: unknown): string {
  const { errMsg, errorMessage, error } = Object(failure) as { [name: string]: unknown };
  const words = String(errMsg || errorMessage || '').toLowerCase();
  if (words.indexOf('abort') >= 0 || words.indexOf('interrupted') >= 0) return 'abort';
  if (words.indexOf('timeout') >= 0 || words.indexOf('time out') >= 0 || error === 13) return 'timeout';
  return 'network';
}
