// A clock that stands still unless a test moves it, and the tasks of one application by it.

/** How long real work (an answer by HTTP, a Wasm that compiles) may take before a test says so. */
const REAL_TIMEOUT_MS = 30_000;

/** How long to wait at most before looking whether something is still to wait for. */
const REAL_LOOK_MS = 200;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const turn = () => new Promise((resolve) => setImmediate(resolve));

export class Clock {
  /** Milliseconds since 1970, as the application sees it. */
  now;
  /** While true nothing of the application runs; what became due runs when it ends. */
  suspended = false;
  #life;
  #guard;
  #tasks = [];
  #timers = new Map();
  #nextId = 1;
  #real = new Set();

  /** `guard(act)` runs the application's code and reports what it throws. */
  constructor(life, guard, startAt) {
    this.#life = life;
    this.#guard = guard;
    this.now = startAt;
  }

  /** Runs `act` as a task of its own, in the order of the calls. */
  post(name, act) {
    this.#tasks.push({ name, act });
  }

  /** Counts a promise of the real world among what `settle` waits for. */
  real(promise) {
    const ended = () => this.#real.delete(promise);
    this.#real.add(promise);
    promise.then(ended, ended);
    return promise;
  }

  /** What it leads to is of no interest any more. */
  abandon(promise) {
    this.#real.delete(promise);
  }

  setTimer(act, delay, args, repeat) {
    const every = Math.max(1, Number(delay) || 0);
    const id = this.#nextId++;
    this.#timers.set(id, { act, args, at: this.now + every, every: repeat ? every : 0 });
    return id;
  }

  clearTimer(id) {
    this.#timers.delete(id);
  }

  /** Runs all that is due, and waits for the real world where `real`. */
  async settle({ real = true } = {}) {
    const deadline = Date.now() + REAL_TIMEOUT_MS;
    for (;;) {
      await turn();
      if (!this.#life.alive) return;
      if (this.#runOne()) continue;
      if (!real || this.#real.size == 0) return;
      if (Date.now() > deadline) throw new Error(`something real took more than ${REAL_TIMEOUT_MS} ms`);
      await Promise.race([...[...this.#real].map((promise) => promise.catch(() => {})), pause(REAL_LOOK_MS)]);
    }
  }

  /** Moves the time; what becomes due on the way runs at its own time. */
  async advance(ms, options) {
    const until = this.now + ms;
    await this.settle(options);
    for (;;) {
      const next = Math.min(...[...this.#timers.values()].map(({ at }) => at));
      if (next > until || this.suspended || !this.#life.alive) break;
      this.now = Math.max(this.now, next);
      await this.settle(options);
    }
    if (!this.#life.alive) return;
    this.now = until;
    await this.settle(options);
  }

  #runOne() {
    if (this.suspended) return false;
    const task = this.#tasks.shift();
    if (task) {
      if (this.#life.pass(task.name)) this.#guard(task.act);
      return true;
    }
    const due = [...this.#timers].filter(([, { at }]) => at <= this.now).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
    if (!due) return false;
    const [id, timer] = due;
    if (timer.every) timer.at = Math.max(timer.at + timer.every, this.now);
    else this.#timers.delete(id);
    if (this.#life.pass('timer')) this.#guard(() => timer.act(...timer.args));
    return true;
  }
}
