// What definitions of pages, components and behaviors say, and how behaviors are mixed in.

/** Methods of a component that its platform calls, by where they may stand. */
const LIFETIMES = ['created', 'attached', 'ready', 'moved', 'detached', 'onInit', 'didMount'];

/** Tables of a definition: no members of an instance. */
const TABLES = ['data', 'properties', 'props', 'methods', 'lifetimes', 'pageLifetimes', 'behaviors', 'mixins', 'observers', 'options'];

export class Behaviors {
  #defined = new Map();

  /** What `Behavior()` gives: a name, as WeChat's typings have it. */
  named(options) {
    const name = `behavior-${this.#defined.size}`;
    this.#defined.set(name, options);
    return name;
  }

  /** Those of a definition, each after the ones that it has itself. */
  of(options) {
    const listed = [...(options.behaviors ?? []), ...(options.mixins ?? [])];
    return listed
      .map((one) => this.#defined.get(one) ?? one)
      .filter((one) => typeof one == 'object')
      .flatMap((one) => [...this.of(one), one]);
  }
}

/** What of a definition are members of an instance, as they stand. */
export function members(options) {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !TABLES.includes(name) && !LIFETIMES.includes(name)));
}

/** The methods of a component's definition, or a behavior's. */
export const methodsOf = (options) => options.methods ?? {};

export const copy = (data) => (data === undefined ? {} : JSON.parse(JSON.stringify(data)));

/** The values that properties have when nobody gives one. */
export function defaults(properties = {}) {
  const empty = { String: '', Number: 0, Boolean: false, Array: [], Object: null };
  return Object.fromEntries(
    Object.entries(properties).map(([name, type]) => [name, type?.value ?? empty[(type?.type ?? type)?.name] ?? null]),
  );
}
