/** Frames as they are sent: packed where that is smaller, once each, and shown unpacked. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { Page } from './browser-double.js';
import { frame } from './frames.js';
import { unpacked } from './packed.js';

let page;
afterEach(() => page?.close());

test('what repeats is sent packed, by fetch and by beacon alike', async () => {
  page = new Page();
  page.tag();
  await page.ready();
  for (const way of ['fetch', 'beacon']) {
    page.sent.length = 0;
    for (const at of [1, 2, 3, 4]) dna('event', `payment of the card, step ${at}`, { step: at, branch: 'Shanghai' });
    if (way === 'beacon') page.leave();
    else await page.pass(6_000);
    const [sent] = page.sent;
    const body = Buffer.from(await sent.bytes);
    assert.equal(sent.way, way);
    assert.equal(body.subarray(0, 4).toString('hex'), 'd9d9f782', way);
    assert.ok(unpacked(body).length > body.length * 1.2, `${body.length} bytes`);
    const { events } = await frame(sent);
    const steps = events.filter(({ kind }) => kind === 'custom').map(({ attributes }) => attributes.step);
    assert.deepEqual(steps, [1, 2, 3, 4], way);
  }
});

test('the golden packed frames unpack to the frames beside them', () => {
  const folder = new URL('../../tests/golden/frames/', import.meta.url);
  const read = (name) => Buffer.from(readFileSync(new URL(name, folder), 'utf8').trim(), 'hex');
  const names = readdirSync(folder).filter((name) => name.endsWith('.packed.hex'));
  assert.ok(names.length >= 2);
  for (const name of names) assert.deepEqual(unpacked(read(name)), read(name.replace('.packed', '')), name);
});
