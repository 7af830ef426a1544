import type { CoreExports, Enter } from './imports';

/**
 * Calls the core one after the other: what it calls may lead back to it. Broken, it is left alone. `after` is called
 * when it is free again.
 */
export function entrance(core: () => CoreExports, warn: (...words: unknown[]) => void, after?: () => void): Enter {
  const waiting: ((core: CoreExports) => void)[] = [];
  let [busy, broken] = [false, false];
  return (act) => {
    if (broken) return;
    waiting.push(act);
    if (busy) return;
    busy = true;
    try {
      for (let next; (next = waiting.shift()); ) next(core());
    } catch (error) {
      broken = true;
      warn('dna: the core has failed; nothing more is measured', error);
    }
    busy = false;
    if (after) after();
  };
}
