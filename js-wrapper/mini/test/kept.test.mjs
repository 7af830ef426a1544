/** What the logic layer remembers of records for a core that takes over from Alipay's Worker. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSync } from 'esbuild';

const entry = { contents: "export { kept } from './kept'; export { Kind } from './record';", resolveDir: new URL('../src', import.meta.url).pathname };
const { outputFiles } = buildSync({ stdin: entry, bundle: true, write: false, format: 'esm', target: 'es2020' });
const { kept, Kind } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);

const OPTIONS = ['consent', 'granted', 'path', 'pages/a'];
const call = (...values) => [Kind.Call, Date.now(), ...values];
const route = (path) => [Kind.Route, Date.now(), path, 'push'];

test('records wait until they are in frames, in their order; what they say of the time after stays', () => {
  const now = kept(OPTIONS);
  const user = call('setUser', '1');
  const begun = call('transaction', 'pay');
  const done = [call('transaction', 'done'), call('end', 'done')];
  const [late, last] = [call('event', 'late'), route('pages/c')];
  for (const record of [[Kind.Entry, 1, 'supported'], user, route('pages/b'), begun, ...done, late, last]) assert.equal(now.takes(record), false);
  now.settled(6);
  now.settled(3);
  assert.deepEqual(now.options, [...OPTIONS.slice(0, 3), 'pages/b', 'shown', 'true'], 'as it was when the records begin that wait');
  assert.deepEqual(now.told(), [[Kind.Entry, 1, 'supported'], user, begun, late, last]);
  now.settled(8);
  assert.deepEqual(now.told().slice(2), [begun], 'open still');
  assert.equal(now.options[3], 'pages/c');
});

test('a transaction that nobody waits for any more is not begun again', () => {
  const now = kept(OPTIONS);
  now.takes([Kind.Call, Date.now() - 600_001, 'transaction', 'old']);
  now.settled(1);
  assert.deepEqual(now.told(), []);
});

test('more than there is room for: the oldest that is no failure goes, and is counted', () => {
  const now = kept(OPTIONS);
  now.takes([Kind.Error, 1, '', 'kept', '']);
  for (let at = 0; at < 500; at++) now.takes(call('event', `e${at}`));
  const told = now.told();
  assert.equal(told.length, 401);
  assert.deepEqual([told[0][3], told[1][3], told[399][3]], ['kept', 'e101', 'e499']);
  assert.deepEqual([told[400][0], told[400][2]], [Kind.Lost, 101]);
});

test('what was refused is forgotten, and nothing is remembered meanwhile but where the user is', () => {
  const now = kept(OPTIONS);
  for (const record of [call('setUser', '1'), call('transaction', 'pay'), call('event', 'a')]) now.takes(record);
  now.settled(2);
  assert.equal(now.takes(call('consent', 'denied')), true);
  for (const record of [call('setUser', '2'), call('event', 'b'), route('pages/d')]) now.takes(record);
  assert.equal(now.takes(call('consent', 'granted')), false);
  assert.deepEqual(now.told(), []);
  assert.deepEqual([now.options[1], now.options[3]], ['granted', 'pages/d']);
  const after = call('event', 'c');
  now.takes(after);
  assert.deepEqual(now.told(), [after]);
});
