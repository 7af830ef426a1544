// Rejections that nobody handles go to the application they come from, not to the tests' runner.

const applications = new Set();
let others;

/** Has `listener` called with `(reason, promise)` for promises made by `Promise`, until the returned function is called. */
export function watchRejections(Promise, listener) {
  const application = { Promise, listener };
  applications.add(application);
  if (!others) {
    others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', dispatch);
  }
  return () => applications.delete(application);
}

function dispatch(reason, promise) {
  const from = [...applications].find((application) => promise instanceof application.Promise);
  if (from) return from.listener(reason, promise);
  if (others.length == 0) throw reason;
  for (const other of others) other.call(process, reason, promise);
}
