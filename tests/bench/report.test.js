// The arithmetic of the report, and what the intake finds in a body.

import assert from 'node:assert/strict';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { figuresOf } from './figures.js';
import { startIntake } from './intake.js';
import { markdown } from './report.js';
import { summary } from './statistics.js';
import { targetsOf } from './targets.js';

test('medians and quartiles lie between the turns', () => {
  const check = (values, low, median, high) => {
    assert.deepEqual(summary(values), { low, median, high, turns: values.length });
  };
  check([7], 7, 7, 7);
  check([10, 2], 4, 6, 8);
  check([5, 1, 3, 2, 4], 2, 3, 4);
});

const PEERS = [
  { name: 'none', version: '' },
  { name: 'dna', version: 'this tree', full: true },
  { name: 'sentry', version: '1', full: true },
];

test('a turn counts only where the page without SDK was measured too', () => {
  const task = { name: 'load', title: 'Load', figures: [{ key: 'load_cpu_ms', from: 'cpu', title: 'CPU', overBase: true }] };
  const cpu = (...values) => ({ samples: values.map((value) => value && { cpu: value }), failures: [] });
  const measured = new Map([['none', cpu(10, undefined, 20)], ['dna', cpu(13, 90, 24)]]);
  measured.set('sentry', { samples: [], failures: ['it | broke'] });
  const results = [{ task, turns: 3, measured }];
  const rows = figuresOf(PEERS, results);
  assert.equal(rows[1].cells.load_cpu_ms.median, 3.5);
  assert.equal(rows[1].cells.load_cpu_ms.failed, 1);
  assert.equal(rows[2].row.load_cpu_ms, null);
  const targets = targetsOf(rows, results);
  assert.deepEqual(targets[0], { name: 'load CPU over none', target: '<= 5 ms', measured: '3.5 ms', holds: true });
  const about = { processor: 'p', cores: 2, browser: 'b', load_average_before: 0, minutes: 1 };
  assert.match(markdown(about, rows, results, targets), /not run: it \\\| broke/);
});

test('the intake finds a text in what was compressed, and only in what it accepted', async () => {
  const intake = await startIntake();
  const run = intake.begin('a');
  const send = (body, headers = {}) => fetch(`${run.url}/x`, { method: 'POST', body, headers });
  run.answerWith(503);
  assert.equal((await send('markerone')).status, 503);
  run.answerWith(200);
  await send(gzipSync('markertwo'), { 'content-encoding': 'gzip' });
  await send(Buffer.concat([Buffer.from([0xd9, 0xd9, 0xf7]), Buffer.from('markerthree')]));
  assert.deepEqual(['markerone', 'markertwo', 'markerthree'].map(run.has), [false, true, true]);
  run.answerWith('cut');
  await assert.rejects(send('markerfour'));
  intake.stop();
});
