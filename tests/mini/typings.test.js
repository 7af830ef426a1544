// The platforms' own typings, without the DOM: they reject what their containers have not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TYPINGS, typecheck } from './typings/check.js';

/** Globals of browsers and Node that no logic layer has. */
const ABSENT = [
  'TextEncoder',
  'TextDecoder',
  'URL',
  'fetch',
  'XMLHttpRequest',
  'Blob',
  'atob',
  'crypto',
  'WebAssembly',
  'document',
  'window',
  'self',
  'global',
  'process',
  'performance',
  'localStorage',
  'queueMicrotask',
  'structuredClone',
];

for (const [platform, { global }] of Object.entries(TYPINGS)) {
  test(`${platform}: its own object is there, and no global of browsers`, async () => {
    const text = ABSENT.map((name) => `export const with_${name}: unknown = ${name};`).join('\n');
    const messages = await typecheck([platform], { text });
    const refused = messages.map((line) => /Cannot find name '(\w+)'/.exec(line)?.[1]);
    assert.deepEqual(refused, ABSENT);
    const good = `export const code = (done: () => void) => { ${global}.getSystemInfoSync(); App({ onLaunch() { done(); } }); };`;
    assert.deepEqual(await typecheck([platform], { text: good }), []);
  });
}
