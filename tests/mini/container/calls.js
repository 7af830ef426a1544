// The functions of a platform's object, as strict as its typings: unknown options, wrong types and
// missing ones are refused; callbacks come later, in the platform's order.

/** What a double may do that the platform does silently wrong: tests look at `refused`. */
export class Refused extends Error {}

/**
 * What an API's options must be: `{ name: type }`, a type being one of `string`, `number`,
 * `boolean`, `object`, `function`, `any`, several by `|`, with `!` behind it where it is required.
 */
const CALLBACKS = { success: 'function', fail: 'function', complete: 'function' };

export class Calls {
  #life;
  #clock;
  #realm;
  #guard;
  #dialect;
  /** What the application did that the platform has not: each a message. */
  refused = [];

  constructor({ life, clock, realm, guard, dialect }) {
    Object.assign(this, { dialect });
    this.#life = life;
    this.#clock = clock;
    this.#realm = realm;
    this.#guard = guard;
    this.#dialect = dialect;
  }

  /** Notes and throws that the platform has no such thing. */
  refuse(message) {
    this.refused.push(message);
    throw new this.#realm.TypeError(`refused: ${message}`);
  }

  /**
   * A call that answers later. `run(options, end)` does it, and calls `end.ok(result)` or
   * `end.failed(why, more)` once, and returns what the call gives back. `promised`: without
   * callbacks it gives a promise, which is what `run` returns too: a Promise & Task, in the typings' words.
   */
  later(name, table, run, { promised = false } = {}) {
    const known = { ...table, ...CALLBACKS };
    return (given = {}) => {
      this.#life.call(name);
      this.#check(name, known, given);
      // Read by name, so that what they inherit counts.
      const options = Object.fromEntries(Object.keys(known).filter((key) => given[key] !== undefined).map((key) => [key, given[key]]));
      const missing = this.#missing(known, options);
      const callbacks = ['success', 'fail', 'complete'].some((key) => options[key]);
      let settled = () => {};
      const promise = promised && !callbacks ? new this.#realm.Promise((resolve, reject) => (settled = (ok, told) => (ok ? resolve : reject)(told))) : undefined;
      const end = this.#ends(name, options, settled);
      if (missing) {
        end.failed(`parameter error: parameter.${missing} is missing`);
        return promise;
      }
      const returned = run(options, end);
      return promise ? this.#both(name, promise, returned) : returned;
    };
  }

  /** The promise with the methods of the `task`, which are its own. */
  #both(name, promise, task = {}) {
    for (const [method, act] of Object.entries(task)) {
      const refuse = () => this.refuse(`${name}: ${method} of something else`);
      promise[method] = function (...given) {
        return this === promise ? act.apply(task, given) : refuse();
      };
    }
    return promise;
  }

  /** A call that answers at once. `run` may throw the platform's error by `this.failure`. */
  now(name, run) {
    return (...given) => {
      this.#life.call(name);
      return this.#realm.own(run(...given));
    };
  }

  /** An error as the platform's synchronous calls throw it. */
  failure(name, why) {
    return new this.#realm.Error(this.#dialect.failed(name, why).errMsg ?? why);
  }

  /** Whether `options` are what `table` says; refuses otherwise. */
  check(name, table, options) {
    this.#check(name, table, options);
    const missing = this.#missing(table, options);
    if (missing) this.refuse(`${name}: ${missing} is missing`);
  }

  #check(name, table, options) {
    if (options === null || typeof options != 'object') this.refuse(`${name}(${typeof options}): wants an object`);
    for (const [key, value] of Object.entries(options)) {
      if (!(key in table)) this.refuse(`${name}: unknown option ${key}`);
      const types = table[key].replace('!', '').split('|');
      const type = Array.isArray(value) ? 'object' : typeof value;
      if (value !== undefined && !types.includes('any') && !types.includes(type)) {
        this.refuse(`${name}: ${key} is a ${type}, not a ${table[key]}`);
      }
    }
  }

  #missing(table, options) {
    return Object.keys(table).find((key) => table[key].endsWith('!') && options[key] === undefined);
  }

  #ends(name, options, settled) {
    let ended = false;
    const end = (ok, told, silent) => {
      if (ended) return;
      ended = true;
      const own = this.#realm.own(told);
      this.#clock.post(`callback ${name}`, () => {
        settled(ok, own);
        const callback = ok ? options.success : options.fail;
        // Each by itself: what the one throws does not keep the other from being called.
        if (callback) this.#guard(() => callback(own));
        if (options.complete) this.#guard(() => options.complete(own));
      }, silent);
    };
    return {
      ok: (result = {}) => end(true, this.#dialect.ok(name, result)),
      failed: (why, more = {}) => end(false, { ...this.#dialect.failed(name, why), ...more }),
    };
  }
}
