// What the line at the top of app.js costs, in the strict container: a fresh engine each time, as at
// each launch. The container's own part, an app.js that requires an empty module, is taken off.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Phone } from '../container/phone.js';
import { bundled } from './sizes.js';

/** Runs the launches of all peers in turn, `turns` times; resolves with their times, and the platform's functions that they call, by name. */
export async function starts(peers, turns) {
  const folder = await mkdtemp(join(tmpdir(), 'dna-mini-bench-'));
  try {
    const all = [{ name: 'nothing', start: '', text: '' }];
    for (const peer of peers) all.push({ ...peer, text: await bundled(peer) });
    for (const peer of all) await lay(join(folder, peer.name), peer);
    const samples = Object.fromEntries(all.map(({ name }) => [name, []]));
    const [calls, failed] = [{}, {}];
    for (let turn = 0; turn < turns; turn++) {
      for (const { name, text } of all) {
        // Another text for the engine, which would otherwise have it compiled already.
        await writeFile(join(folder, name, 'sdk.js'), `${text}\n// ${turn}`);
        const { ms, error, called } = await launched(join(folder, name));
        samples[name].push(ms);
        calls[name] = called;
        if (error) failed[name] = error;
      }
    }
    return { samples, calls, failed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function lay(folder, { start, text }) {
  await mkdir(folder, { recursive: true });
  const files = {
    'app.json': '{ "pages": ["index"] }',
    'index.json': '{}',
    'index.js': 'Page({})',
    'sdk.js': text,
    // Timed from within: what the container does around it is no matter.
    'app.js': `const from = clockOfTest(); const sdk = require('./sdk'); ${start} took(clockOfTest() - from); App({})`,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}

/** Milliseconds of CPU that this process has used: other processes do not count. */
function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** One launch: how long the line took, what of the platform it called, and what it threw. */
async function launched(folder) {
  let ms = NaN;
  const phone = new Phone({ folder, domains: [], serve: async () => ({ status: 200, headers: {}, body: Buffer.from('{}') }) });
  const running = await phone.launch({ settle: false, globals: { clockOfTest: cpu, took: (time) => (ms = time) } });
  const error = running.thrown[0]?.message ?? running.refused[0];
  // Nothing but app.js has run yet.
  const called = running.life.instants.flatMap((name) => (name.startsWith('call ') ? [name.slice(5)] : []));
  running.kill();
  return { ms, error, called };
}
