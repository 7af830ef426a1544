// Calls that answer later with what is known at once, and those that open pages: alike on all platforms.

/** Makes a call of that name, which answers with what `act` gives, or fails with what it throws. */
export const answers = (calls, tables, promised) => (name, act, table = tables[name] ?? {}) =>
  calls.later(
    name,
    table,
    (options, end) => {
      try {
        end.ok(act(options));
      } catch (error) {
        end.failed(error.message);
      }
    },
    { promised },
  );

export function navigation({ calls, navigate }, tables, promised) {
  const answer = answers(calls, tables, promised);
  const made = {};
  for (const openType of ['navigateTo', 'redirectTo', 'reLaunch', 'switchTab', 'navigateBack']) {
    made[openType] = answer(openType, (options) => {
      if (!navigate(openType, options)) throw new Error(`page "${options.url}" is not found`);
    });
  }
  return made;
}
