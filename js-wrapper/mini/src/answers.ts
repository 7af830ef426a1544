/** What the platform's calls answer, seen before the application sees it. */
import { attempt } from './hosts';

type Listener = (answer: unknown) => void;
type Fields = { [name: string]: unknown };

/**
 * A promise that tells, and has what `result` has beyond a promise: Alipay's are tasks too. Another one, so
 * that a failure nobody has caught stays the application's.
 */
export function followed(result: unknown, done: (answer: unknown) => void, failed: (failure: unknown) => void): unknown {
  const promise = result as Promise<unknown> | undefined;
  if (!promise || typeof promise.then != 'function') return result;
  const next = promise.then(
    (answer) => {
      attempt(() => done(answer), undefined);
      return answer;
    },
    (failure) => {
      attempt(() => failed(failure), undefined);
      throw failure;
    },
  );
  return attempt(() => lent(next, promise as never), undefined) || result;
}

/** Gives `next` the members of `from` that it lacks; they go on working on `from`. */
function lent(next: object, from: { [name: string]: unknown }): object {
  for (let owner: object = from; owner; owner = Object.getPrototypeOf(owner)) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (name in next) continue;
      const value = from[name];
      const fixed = typeof value == 'function' && { value: value.bind(from), writable: true };
      Object.defineProperty(next, name, Object.assign({ configurable: true, enumerable: true }, fixed || {
        get: () => from[name],
        set: (value: unknown) => void (from[name] = value),
      }));
    }
  }
  return next;
}

/** Options to be changed, the application's staying as they are: what theirs inherit these do too. */
export function copied<T extends object>(options: T): T {
  return Object.assign(Object.create(Object.getPrototypeOf(options)), options);
}

const CALLBACKS = ['success', 'fail', 'complete'] as const;

/**
 * Has the `listeners` called before the callbacks of `sent`, a copy of the `options`; a callback may be missing. Who
 * calls them on the copy calls the application's on its own options.
 */
export function told(sent: Fields, options: object, listeners: { success?: Listener; fail?: Listener; complete?: Listener }): void {
  for (const name of CALLBACKS) {
    const [callback, listener] = [sent[name], listeners[name]];
    if (typeof callback != 'function' && !listener) continue;
    sent[name] = function (this: unknown, ...answers: unknown[]) {
      if (listener) attempt(() => listener(answers[0]), undefined);
      return typeof callback == 'function' ? callback.apply(this === sent ? options : this, answers) : undefined;
    };
  }
}
