// `onX(listener)` and `offX(listener)` of a platform's object.

export class Events {
  #listeners = new Map();
  #clock;
  #guard;
  #realm;

  constructor({ clock, guard, realm }) {
    this.#clock = clock;
    this.#guard = guard;
    this.#realm = realm;
  }

  /** The functions for each of `names`, such as `AppShow`: `onAppShow` and, unless `on` alone, `offAppShow`. */
  functions(calls, names, { off = true } = {}) {
    const made = {};
    for (const name of names) {
      made[`on${name}`] = calls.now(`on${name}`, (listener) => {
        if (typeof listener != 'function') calls.refuse(`on${name}: wants a function`);
        this.#of(name).push(listener);
      });
      if (!off) continue;
      made[`off${name}`] = calls.now(`off${name}`, (listener) => {
        this.#listeners.set(name, listener === undefined ? [] : this.#of(name).filter((known) => known !== listener));
      });
    }
    return made;
  }

  /** Whether somebody listens. */
  has(name) {
    return this.#of(name).length > 0;
  }

  /** Calls all listeners, now; what one throws reaches the next all the same. */
  emit(name, ...told) {
    const own = told.map((value) => this.#realm.own(value));
    for (const listener of [...this.#of(name)]) this.#guard(() => listener(...own), { isErrorListener: name == 'Error' });
  }

  /** The same as a task of its own. */
  post(name, ...told) {
    this.#clock.post(`event ${name}`, () => this.emit(name, ...told));
  }

  #of(name) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, []);
    return this.#listeners.get(name);
  }
}
