// `cargo xtask bench mini`: our package beside its peers, all from npm, in one run: Markdown, and in
// the folder that `--out` names `mini.md` and `mini.json`.

import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, loadavg, platform } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PEERS } from './peers.js';
import { sizes } from './sizes.js';
import { starts } from './start.js';

const { values } = parseArgs({ options: { out: { type: 'string' }, turns: { type: 'string', default: '31' } } });

const median = (samples) => samples.toSorted((a, b) => a - b)[samples.length >> 1];
const rounded = (ms) => Math.round(ms * 100) / 100;

const machine = {
  os: platform(),
  arch: arch(),
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  node: process.version,
  load_average_before: rounded(loadavg()[0]),
};
const { samples, failed } = await starts(PEERS, Number(values.turns));
const nothing = median(samples.nothing);
const rows = [];
for (const peer of PEERS) {
  const start_cpu_ms = rounded(Math.max(0, median(samples[peer.name]) - nothing));
  rows.push({ name: peer.name, ...(await sizes(peer)), start_cpu_ms, failed: failed[peer.name] });
}

const [ours] = rows;
const target = (name, measured, limit) => ({ name, target: limit, measured, holds: measured <= limit });
const targets = [
  target('dna-mini: JavaScript, gzip bytes', ours.js_gzip_bytes, 12 * 1024),
  target('dna-mini: .wasm.br bytes', ours.wasm_br_bytes, 40 * 1024),
  target('dna-mini: the line at the start, CPU ms', ours.start_cpu_ms, 5),
];

const count = (number) => (number ? number.toLocaleString('en') : '–');
const lines = ['| | JavaScript | gzip -9 | .wasm.br | the line at the start, CPU ms |', '| --- | ---: | ---: | ---: | ---: |'];
for (const row of rows) {
  const name = row === ours ? `**${row.name}**` : `${row.name} ${row.version}`;
  const start = row.failed ? `– (${row.failed})` : row.start_cpu_ms.toFixed(2);
  lines.push(`| ${name} | ${count(row.js_bytes)} | ${count(row.js_gzip_bytes)} | ${count(row.wasm_br_bytes)} | ${start} |`);
}
const where = `Node ${machine.node} on ${machine.cores} cores of ${machine.processor}, load average before: ${machine.load_average_before}`;
lines.push('', `Medians of ${values.turns} launches in ${where}; no phone.`, '');
for (const { name, target, measured, holds } of targets) lines.push(`- ${name}: ${measured}, target ${target}: ${holds ? 'holds' : 'missed'}`);
const report = `${lines.join('\n')}\n`;
if (values.out) {
  await mkdir(values.out, { recursive: true });
  await writeFile(join(values.out, 'mini.md'), report);
  await writeFile(join(values.out, 'mini.json'), `${JSON.stringify({ machine, rows, targets }, null, 2)}\n`);
} else {
  process.stdout.write(report);
}
