/** What the platform's calls answer, seen before the application sees it. */
import { attempt } from './hosts';

type Callback = (this: unknown, ...told: unknown[]) => unknown;

/**
 * A promise that tells. What is more than a promise is left alone: it has members that another would
 * not have.
 */
export function followed(result: unknown, done: (answer: unknown) => void, failed: (failure: unknown) => void): unknown {
  const promise = result as Promise<unknown>;
  if (!promise || promise.constructor !== Promise || Object.keys(promise).length) return result;
  return promise.then(
    (answer) => {
      attempt(() => done(answer), undefined);
      return answer;
    },
    (failure) => {
      attempt(() => failed(failure), undefined);
      throw failure;
    },
  );
}

/** Has `listener` called before the `callback` that may be missing. */
export function told(callback: unknown, listener: (answer: unknown) => void): Callback {
  return function (this: unknown, ...answers: unknown[]) {
    attempt(() => listener(answers[0]), undefined);
    return typeof callback == 'function' ? callback.apply(this, answers) : undefined;
  };
}
