/** What goes, and what stays, when more happens than there is room for before the core runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSync } from 'esbuild';

const entry = { contents: "export { queue } from './queue'; export { Kind } from './record';", resolveDir: new URL('../src', import.meta.url).pathname };
const { outputFiles } = buildSync({ stdin: entry, bundle: true, write: false, format: 'esm', target: 'es2020' });
const { queue, Kind } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);

/** What the core is told of what was pushed before it ran. */
function told(records) {
  const [push, run] = queue();
  for (const record of records) push(...record);
  const got = [];
  run({ push: (record) => got.push(record) });
  return got;
}

const call = (...values) => [Kind.Call, 1, ...values];
const request = (at) => [Kind.Request, at, 5, 'request', 'GET', `https://api.bank/${at}`, 200, '', ''];
const many = (count, make) => Array.from({ length: count }, (_, at) => make(at));
const lostOf = (got) => got.filter(([kind]) => kind == Kind.Lost).reduce((sum, [, , count]) => sum + count, 0);

test('errors and what holds from then on find room after a flood; the oldest of the flood go, and are counted', () => {
  const late = [[Kind.Error, 2, '', 'late', ''], [Kind.Rejection, 2, 'Error', 'late', ''], call('error', 'Error', 'late', ''), call('consent', 'pending'), call('setUser', '1'), [Kind.Route, 3, 'pages/b', 'push']];
  for (const flood of [many(400, request), many(400, (at) => call('event', `e${at}`))]) {
    const got = told([...flood, ...late]);
    for (const record of late) assert.ok(got.some((other) => JSON.stringify(other) == JSON.stringify(record)), String(record));
    assert.equal(got.length - 1 + lostOf(got), flood.length + late.length, 'each is told or counted');
    assert.equal(got.length - 1, 200);
    assert.deepEqual(got[0], flood[late.length], 'the oldest went');
  }
});

test('a flood of errors is bounded too', () => {
  const got = told(many(500, (at) => [Kind.Error, at, '', `e${at}`, '']));
  assert.deepEqual([got.length - 1, lostOf(got)], [200, 300]);
});

test('measurements leave room, whatever comes after them', () => {
  const got = told([...many(150, (at) => [Kind.Update, at]), ...many(80, request)]);
  assert.deepEqual([got.length - 1, lostOf(got)], [200, 30]);
});
