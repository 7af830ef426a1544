// A process that the system may end at any instant: every instant is counted and has a name.

/** What a call of a dead process throws. Whatever catches it finds the next call dead as well. */
export class Killed extends Error {
  constructor() {
    super('the process was killed');
    this.name = 'Killed';
  }
}

export class Life {
  /** The names of the instants so far: `call setStorageSync`, `callback request`, `timer`, … */
  instants = [];
  alive = true;
  #dieAt;
  #onDeath = [];

  /** Dies at the instant of number `dieAt`, counted from 0, or never. */
  constructor(dieAt = Infinity) {
    this.#dieAt = dieAt;
  }

  /** An instant before something that the world would notice; false when it must not happen any more. */
  pass(name) {
    if (!this.alive) return false;
    if (this.instants.length >= this.#dieAt) {
      this.die();
      return false;
    }
    this.instants.push(name);
    return true;
  }

  /** The same for a call of the platform, which then never returns. */
  call(name) {
    if (!this.pass(`call ${name}`)) throw new Killed();
  }

  die() {
    if (!this.alive) return;
    this.alive = false;
    for (const act of this.#onDeath) act();
  }

  onDeath(act) {
    this.#onDeath.push(act);
  }
}
