// The platforms' own typings, without the DOM: they reject what their containers have not.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import * as options from './container/platforms/options.js';
import { sdkDist, sdkPackage } from './sdk.js';
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

const sdkSources = (await readdir(join(sdkPackage, 'src'))).filter((name) => name.endsWith('.ts')).map((name) => join(sdkPackage, 'src', name));

test('dna-mini: its sources need nothing beyond ES2018 and what they declare themselves', async () => {
  assert.ok(sdkSources.length > 5, sdkSources.join());
  assert.deepEqual(await typecheck([], { files: sdkSources }), []);
});

test('dna-mini: what its sources declare of the platforms is what these have', async () => {
  const text = (wechat) => `
    import type { AlipayApi, CommonApi, PathWasm } from '${join(sdkPackage, 'src/hosts')}';
    export const wechat: CommonApi = ${wechat};
    export const wasm: PathWasm = WXWebAssembly;
    export const alipay: AlipayApi = my;
    export const douyin: CommonApi = tt;`;
  // Only what this text itself says: the sources have their own names for the globals.
  const check = async (wechat) => (await typecheck(Object.keys(TYPINGS), { text: text(wechat) })).filter((line) => line.includes('checked.ts'));
  assert.deepEqual(await check('wx'), []);
  assert.equal((await check('my')).length, 1);
});

/** What every platform must have, by its own typings: a host without one is no host. */
const REQUIRED = ['onAppShow', 'onAppHide', 'onError', 'onUnhandledRejection', 'onMemoryWarning', 'onNetworkStatusChange', 'getLaunchOptionsSync', 'request', 'uploadFile', 'downloadFile',
  'navigateTo', 'redirectTo', 'reLaunch', 'switchTab', 'navigateBack', 'getSystemInfo', 'getStorageSync', 'setStorageSync', 'removeStorageSync', 'getStorageInfoSync'];

test('dna-mini: a host has what every platform has', async () => {
  const union = REQUIRED.map((name) => `'${name}'`).join(' | ');
  const text = `${HEAD}
    import type { AlipayApi, CommonApi } from '${join(sdkPackage, 'src/hosts')}';
    export const common: Same<Required_<CommonApi>, ${union}> = true;
    export const alipay: Same<Required_<AlipayApi>, ${union}> = true;`;
  assert.deepEqual((await typecheck([], { text })).filter((line) => line.includes('checked.ts')), []);
  const without = (name) => `import type { CommonApi } from '${join(sdkPackage, 'src/hosts')}';
    export const host: CommonApi = {} as Omit<CommonApi, '${name}'>;`;
  for (const name of ['onError', 'navigateTo']) assert.equal((await typecheck([], { text: without(name) })).filter((line) => line.includes('checked.ts')).length, 1, name);
});

test('dna-mini: no `any` in its sources', async () => {
  for (const file of sdkSources) {
    const code = (await readFile(file, 'utf8')).replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
    assert.doesNotMatch(code, /\bany\b/, file);
  }
});

for (const platform of Object.keys(TYPINGS)) {
  test(`dna-mini: its types serve an application of ${platform}`, async () => {
    const text = (call) => `
      import * as dna from '${join(sdkDist, 'index')}';
      dna.init({ key: 'k', endpoint: 'https://dna.bank.example', consent: 'pending' });
      dna.setUser('1', { tier: 'vip' });
      dna.transaction('pay').end({ ok: true });
      ${call}
      App({});`;
    assert.deepEqual(await typecheck([platform], { text: text("dna.event('paid');") }), []);
    assert.equal((await typecheck([platform], { text: text("dna.init({ key: 1 });") })).length, 1);
  });
}
