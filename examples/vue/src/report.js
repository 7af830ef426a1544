/** Tells DNA of an error that the application has caught itself, by what browsers have for that: `error` events. */
export const report = (error) => reportError(error);
