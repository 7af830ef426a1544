// Runs a case: peers take turns, and turns overlap only where a case says that it stays quiet.

import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs one piece of work at a time. Turns of a case overlap in the time in which they wait; what
 * works both cores must be alone.
 */
export function exclusive() {
  let last = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}

/** How long one turn may take before it counts as failed, unless the case says otherwise. */
const TURN_MS_MAX = 60_000;

/**
 * Measures `turns` turns of each peer. Gives back, by the peer's name, the samples of each turn
 * (undefined where it failed) and why turns failed.
 */
export async function takeTurns(bench, task, peers, turns) {
  const results = new Map(peers.map(({ name }) => [name, { samples: [], failures: [] }]));
  const running = new Set();
  for (let turn = 0; turn < turns; turn++) {
    for (const peer of rotated(peers, turn)) {
      while (running.size >= task.together) await Promise.race(running);
      const { samples, failures } = results.get(peer.name);
      const measured = inTime(task.measure(bench, peer), task.limitMs ?? TURN_MS_MAX).then(
        (sample) => void (samples[turn] = sample),
        (error) => void failures.push(error.message.split('\n')[0]),
      );
      const tracked = measured.finally(() => running.delete(tracked));
      running.add(tracked);
      await sleep(task.gapMs);
    }
  }
  await Promise.all(running);
  return results;
}

/** No peer is always the first of a turn, or always after the same one's rest. */
const rotated = (peers, turn) => [...peers.slice(turn % peers.length), ...peers.slice(0, turn % peers.length)];

async function inTime(measuring, limit) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took over ${limit} ms`)), limit);
  });
  // A measure may be a plain function that is done at once.
  return Promise.race([measuring, late]).finally(() => clearTimeout(timer));
}
