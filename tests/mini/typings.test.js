// The platforms' own typings, without the DOM: they reject what their containers have not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as options from './container/platforms/options.js';
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

/** TypeScript that compiles only where `table` has exactly the options that the typings have, and requires the same. */
const comparison = (global, name, table) => {
  const union = (names) => names.map((key) => `'${key}'`).join(' | ') || 'never';
  const required = Object.keys(table).filter((key) => table[key].endsWith('!'));
  return `
    type Options_${name} = NonNullable<Parameters<typeof ${global}.${name}>[0]>;
    export const options_${name}: Same<keyof Options_${name}, Callbacks | ${union(Object.keys(table))}> = true;
    export const required_${name}: Same<Required_<Options_${name}>, ${union(required)}> = true;`;
};

const HEAD = `
  type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : { missing: Exclude<B, A> }) : { more: Exclude<A, B> };
  type Callbacks = 'success' | 'fail' | 'complete';
  type Required_<T> = { [K in keyof T]-?: {} extends Pick<T, K> ? never : K }[keyof T];`;

for (const [platform, { global }] of Object.entries(TYPINGS)) {
  test(`${platform}: the container takes the options that the typings take, no others`, async () => {
    const tables = Object.entries(options[platform]);
    const text = HEAD + tables.map(([name, table]) => comparison(global, name, table)).join('');
    assert.deepEqual(await typecheck([platform], { text }), []);
    const wrong = HEAD + comparison(global, 'request', { ...options[platform].request, keepalive: 'boolean' });
    assert.equal((await typecheck([platform], { text: wrong })).length, 1);
  });
}
