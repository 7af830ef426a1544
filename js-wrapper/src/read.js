// Reads what may be anything: a page's objects may lack a property, hold another type, or throw.

/** What `act` gives; `otherwise` when it gives nothing or throws. */
export const attempt = (act, otherwise) => {
  try {
    return act() ?? otherwise;
  } catch {
    return otherwise;
  }
};

// What is thrown costs as much as ten values that are read: what is often missing is asked for first.

/** The value at `path`, such as `document.visibilityState`. */
export const get = (value, path) => {
  try {
    for (const name of path.split('.')) value = value?.[name];
    return value;
  } catch {}
};
export const num = (value, path) => {
  const found = get(value, path);
  return typeof found == 'number' ? found : NaN;
};
/** The numbers at several paths, which are separated by spaces: one call for all of them. */
export const nums = (value, paths, found) => {
  let at = 0;
  for (const path of paths.split(' ')) found[at++] = num(value, path);
};
/** A text of at most `max` characters, cut before it is copied: a page may throw megabytes. */
export const text = (value, path, max) => {
  const found = get(value, path);
  return typeof found == 'string' ? found.slice(0, max) : '';
};
/** Which of the words, which are separated by spaces, the text there is; -1 for none. */
export const which = (value, path, words) => words.split(' ').indexOf(get(value, path));
/** Any value as the page would print it. */
export const printed = (value, max) => attempt(() => String(value).slice(0, max), '');
export const items = (value, max) => attempt(() => Object.entries(value).slice(0, max), []);
/** Whether a node or one above it has `data-dna-mask`. */
export const masked = (node) =>
  attempt(() => {
    for (; node; node = node.parentNode || node.host) if (node.hasAttribute?.('data-dna-mask')) return true;
  }, false);
/** The element that `closest` or `querySelector` of `node` finds; undefined for none. */
export const find = (node, how, selector) => attempt(() => node[how](selector));
export const entries = (type, name) =>
  attempt(() => (name ? performance.getEntriesByName(name, type) : performance.getEntriesByType(type)), []);
export const absolute = (address) => attempt(() => new URL(address, document.baseURI).href, '');
export const page = () => window;
