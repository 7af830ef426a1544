// A child process that dies with the test, and whose first words can be waited for.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How long a server may take to say that it listens. Generous: the machine may be building. */
const START_TIMEOUT_MS = 60_000;

/**
 * Starts a program and waits for the line of its output that contains `greeting`.
 * Returns what follows the greeting, all output so far, and a way to stop it.
 */
export async function start(command, args, greeting, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const output = [];
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const rest = await new Promise((resolve, reject) => {
    const shown = [command, ...args].join(' ');
    const fail = (why) => reject(new Error(`${shown}: ${why}\n${output.join('\n')}`));
    const timer = setTimeout(() => fail(`did not say "${greeting}"`), START_TIMEOUT_MS);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`ended with ${code}`));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output.push(line);
        const at = line.indexOf(greeting);
        if (at >= 0) {
          clearTimeout(timer);
          resolve(line.slice(at + greeting.length).trim());
        }
      });
    }
  });
  // As Ctrl-C does: at SIGTERM ingest waits until a balancer has noticed.
  const stop = async (signal = 'SIGINT') => {
    child.kill(signal);
    await ended;
  };
  return { rest, output, stop };
}

/**
 * Resolves with the first answer of `ask` that `accepts` takes; asks again until the time is up,
 * and then says what the last answer was, in the words of `describe`.
 */
export async function until(what, ask, accepts, describe = JSON.stringify, timeoutMs = 30_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (accepts(answer)) return answer;
    if (Date.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms for ${what}; last: ${describe(answer)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
