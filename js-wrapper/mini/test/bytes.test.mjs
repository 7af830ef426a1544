/** Texts and bytes without TextEncoder and btoa. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSync } from 'esbuild';

/** A source file of the package, as it runs. */
async function source(name) {
  const entry = new URL(`../src/${name}.ts`, import.meta.url).pathname;
  const { outputFiles } = buildSync({ entryPoints: [entry], bundle: true, write: false, format: 'esm', target: 'es2017' });
  return import('data:text/javascript;base64,' + Buffer.from(outputFiles[0].contents).toString('base64'));
}

const TEXTS = ['', 'a', 'é 账户 😀', '\ud800', 'a\udc00b', '\ud83d\ud83d\ude00', '\u07ff\u0800\uffff\u{10000}\u{10ffff}', '\0'];

test('texts are written as TextEncoder writes them, and read again', async () => {
  const { utf8Length, writeUtf8, readUtf8 } = await source('text');
  for (const text of TEXTS) {
    const expected = new TextEncoder().encode(text);
    assert.equal(utf8Length(text), expected.length);
    const bytes = new Uint8Array(expected.length + 2);
    assert.equal(writeUtf8(text, new DataView(bytes.buffer), 1), expected.length + 1);
    assert.deepEqual(bytes.slice(1, -1), expected);
    assert.equal(readUtf8(expected), new TextDecoder().decode(expected));
  }
});

test('bytes are kept as base64', async () => {
  const { toBase64, fromBase64 } = await source('base64');
  for (let length = 0; length < 300; length++) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 255);
    const text = toBase64(bytes);
    assert.equal(text, Buffer.from(bytes).toString('base64').replace(/=+$/, ''));
    assert.deepEqual(fromBase64(text), bytes);
  }
  assert.equal(fromBase64('no base64!'), undefined);
});

test('random numbers differ between two that were seeded alike but for the clock', async () => {
  const { seeded, random } = await source('random');
  await seeded();
  const numbers = Array.from({ length: 1000 }, () => random() >>> 0);
  assert.ok(new Set(numbers).size > 995);
  assert.ok(numbers.some((number) => number > 0xf0000000) && numbers.some((number) => number < 0x10000000));
});
