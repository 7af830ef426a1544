/** What is told of a page that is left or covered before the core is there. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Page } from './browser-double.js';
import { events, frame } from './frames.js';

let page;
afterEach(() => page?.close());

for (const [what, told, set] of [
  ['the core cannot be loaded', ['page_view', 'exception', 'exception'], (page) => (page.coreLoads = 'refused')],
  ['the Wasm is missing', ['page_view', 'exception', 'exception', 'identity'], (page) => (page.wasm = 'missing')],
]) {
  test(`when ${what} there is one warning, and the page still has its last words`, async () => {
    page = new Page();
    set(page);
    page.tag();
    page.throws(new Error('before'));
    await assert.rejects(page.ready());
    assert.equal(page.warnings.filter((words) => words.startsWith('dna: not started')).length, 1, String(page.warnings));
    page.throws(new Error('after'));
    dna('setUser', 'u');
    page.leave();
    assert.equal(page.sent.length, 1);
    const kinds = (await events(page.sent)).map(({ kind }) => kind);
    assert.deepEqual(kinds, told);
  });
}

test('a page that is left before even the JavaScript of the core is there says briefly what went wrong', async () => {
  page = new Page();
  page.coreLoads = false;
  page.tag();
  page.now = 40;
  page.throws(new RangeError('\ud800 broken'));
  page.dispatch('unhandledrejection', { reason: 'why' });
  page.dispatch('error', { target: { localName: 'img', src: '/x.png' } });
  dna('event', 'a');
  page.leave();
  const read = await frame(page.sent[0]);
  assert.deepEqual(read.events.map(({ kind }) => kind), ['page_view', 'exception', 'unhandled_rejection']);
  const [, error, rejection] = read.events;
  assert.deepEqual([error.time, error.body['exception.type']], [40, 'RangeError']);
  assert.equal(error.body['exception.message'], '? broken');
  assert.ok(error.body['exception.stacktrace'].includes('last-words.test.js'));
  assert.equal(rejection.body['exception.message'], 'why');
  assert.equal(read['dropped.queue_full'], 2, 'the image and the event are counted');
  assert.match(read['session.id'], /^[0-9a-f]{32}$/);
  assert.equal(page.storage.length, 0, 'nothing is kept');
  // Seen again and left again it is still the same view.
  page.throws(new Error('later'));
  page.leave();
  const again = await frame(page.sent[1]);
  assert.deepEqual(again.events.map(({ kind }) => kind), ['exception']);
  assert.deepEqual([again['view.id'], again['session.id'], again.sequence], [read['view.id'], read['session.id'], 2]);
});

for (const [how, beacon] of [['is missing', undefined], ['throws', () => { throw new TypeError('blocked'); }], ['refuses', () => false]]) {
  for (const stage of ['brief', 'last']) {
    test(`${stage} words go by fetch where sendBeacon ${how}, and their failure is nobody's`, async () => {
      page = new Page();
      page.coreLoads = stage === 'last';
      page.wasm = 'never';
      page.tag();
      if (page.coreLoads) await page.halfway();
      navigator.sendBeacon = beacon;
      page.dispatch('error', { message: 'Script error.', error: null, target: page.window });
      page.leave();
      assert.deepEqual(page.sent.map(({ way }) => way), ['fetch']);
      const read = await frame(page.sent[0]);
      assert.deepEqual(read.events.map(({ kind }) => kind), ['page_view', 'exception']);
      assert.equal(read.events[1].body['exception.message'], 'Script error.');
      assert.equal(read['dropped.queue_full'] ?? 0, 0);
      // An unhandled rejection would fail this test.
      page.sent[0].fail();
      await new Promise(setImmediate);
    });
  }
}

test('a share of none keeps nothing', async () => {
  page = new Page({ data: { sampleRate: '0' } });
  page.coreLoads = false;
  page.tag();
  page.throws(new Error('early'));
  page.leave();
  assert.equal(page.sent.length, 0);
});

test('a page that is left before the core is there sends its last words as JSON', async () => {
  page = new Page({ data: { release: '2.7' } });
  page.wasm = 'never';
  page.tag();
  await page.halfway();
  page.now = 40;
  page.throws(new RangeError('at https://bank/a?secret=1'));
  page.dispatch('unhandledrejection', { reason: 'why' });
  page.dispatch('error', { target: { localName: 'img', src: '/x.png' } });
  page.dispatch('error', { target: { localName: 'object', data: '/x.pdf' } });
  dna('setUser', 7, { tier: 'vip' });
  dna('event', 'a');
  await fetch('/api/a?card=1', { method: 'put' });
  page.leave();
  assert.deepEqual(page.sent.map(({ way, url }) => [way, url]), [['beacon', 'https://dna.bank/v1/beacon']]);
  const read = await frame(page.sent[0]);
  assert.match(read['session.id'], /^[0-9a-f]{32}$/);
  assert.ok(Number.isSafeInteger(read.sequence));
  assert.equal(read['url.full'], 'https://bank/accounts');
  const kinds = ['page_view', 'exception', 'unhandled_rejection', 'resource_failure', 'resource_failure', 'identity', 'custom', 'api_call'];
  assert.deepEqual(read.events.map((event) => event.kind), kinds);
  const [view, error, rejection, image, document, user, custom, call] = read.events;
  assert.equal(view.body.response_start, page.entry.responseStart);
  assert.deepEqual(image.body, { 'url.full': 'https://bank/x.png', 'element.name': 'img' });
  assert.equal(document.body['url.full'], 'https://bank/x.pdf');
  assert.equal(custom.body['event.name'], 'a');
  assert.deepEqual([call.body['http.request.method'], call.body['url.full']], ['PUT', 'https://bank/api/a']);
  assert.match(read['view.id'], /^[0-9a-f]{16}$/);
  assert.equal(error.body['exception.message'], 'at https://bank/a');
  assert.equal(error.body['code.file.path'], 'https://bank/app.js');
  assert.equal(error.time, 40);
  assert.equal(rejection.body['exception.message'], 'why');
  assert.deepEqual(user.body, { 'user.id': '7', 'user.tier': 'vip' });
  // Kept by the back/forward cache, seen again and left again, it is still the same view.
  page.throws(new Error('later'));
  page.leave();
  const again = await frame(page.sent[1]);
  assert.deepEqual(again.events.map((event) => event.kind), ['exception']);
  assert.equal(again['view.id'], read['view.id']);
});

test('last words wait in the storage, without the user, until a page with a core has sent them', async () => {
  page = new Page();
  page.wasm = 'never';
  page.tag();
  await page.halfway();
  await page.pass(1);
  dna('setUser', '6222021234567890');
  dna('event', '到账 😀 \ud800');
  page.leave();
  page.close();
  const stored = page.storage.values().join();
  assert.ok(stored.includes('page_view') && !stored.includes('6222021234567890'));

  const told = page.sent[0];
  page = new Page({ storage: page.storage, at: page.at + 6000 }).tag();
  await page.ready();
  await page.pass(1);
  const before = await frame(told);
  const again = await frame(page.sent[0]);
  assert.equal(again.sequence, before.sequence);
  assert.equal(again.sent_at_ms, page.at, 'by the clock of now');
  assert.equal(again['session.id'], before['session.id']);
  assert.deepEqual(again.events.map(({ kind }) => kind), ['page_view', 'custom']);
  assert.equal(again.events[1].body['event.name'], '到账 😀 ?');
  await page.pass(1);
  page.close();
  page = new Page({ storage: page.storage, at: page.at + 60_000 }).tag();
  await page.ready();
  await page.pass(1);
  assert.deepEqual(page.sent, [], 'acknowledged, so it is sent no more');
});

for (const nothing of [undefined, null, '']) {
  test(`consent that is said as ${nothing === '' ? 'nothing' : nothing} is no decision`, async () => {
    page = new Page({ data: { consent: 'pending' } });
    page.wasm = 'never';
    page.tag();
    await page.halfway();
    dna('event', 'secret');
    dna('consent', nothing);
    page.leave();
    assert.deepEqual([page.sent.length, page.storage.length], [0, 0]);
  });
}

test('a VIP whom the share leaves out is in the last words', async () => {
  page = new Page({ data: { sampleRate: '0', vipTiers: 'gold, vip' } });
  page.wasm = 'never';
  page.tag();
  await page.halfway();
  dna('setUser', 'u', { tier: 'gold' });
  page.leave();
  const read = await frame(page.sent[0]);
  assert.equal(read['sampling.reason'], 'vip');
});

test('a page that is covered before the core is there tells the core who uses it', async () => {
  page = new Page();
  page.document.readyState = 'loading';
  page.tag();
  await page.until('it waits for the page', () => page.timers.size > 0);
  dna('setUser', 'u', { tier: 'vip' });
  dna('event', 'once');
  page.leave();
  assert.deepEqual((await events(page.sent)).map(({ kind }) => kind), ['page_view', 'identity', 'custom']);
  page.sent.length = 0;
  await page.pass(5000);
  await page.ready();
  dna('event', 'later');
  await page.pass(6000);
  const all = await events(page.sent);
  assert.deepEqual(all.filter(({ kind }) => kind === 'identity').map(({ id, tier }) => [id, tier]), [['u', 'vip']]);
  assert.ok(all.some(({ name }) => name === 'later'));
});

test('last words keep to the bounds of the wire, as the core does', async () => {
  page = new Page({ data: { release: 'r'.repeat(99) } });
  page.wasm = 'never';
  page.tag();
  await page.halfway();
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`n${at}`, at]));
  dna('setUser', 'u', { tier: 1, ...many });
  dna('event', '字'.repeat(200), 'no attributes');
  dna('event', 'b', { long: '字'.repeat(400), ['k'.repeat(99)]: 1 });
  page.leave();
  const read = await frame(page.sent[0]);
  const [, user, name, long] = read.events.map(({ body }) => body);
  const bytes = (text) => Buffer.byteLength(text);
  assert.equal(bytes(read['service.version']), 64);
  assert.equal(user['user.tier'], undefined);
  assert.equal(Object.keys(user.attributes).length, 32);
  assert.ok(bytes(name['event.name']) <= 128 && bytes(name['event.name']) > 100);
  assert.equal(name.attributes, undefined);
  assert.ok(bytes(long.attributes.long) <= 512);
  assert.deepEqual(Object.keys(long.attributes), ['long']);
});

test('one record that cannot be read takes none of the last words with it', async () => {
  page = new Page();
  page.coreLoads = false;
  page.tag();
  const hostile = { get name() { throw new Error('mine'); } };
  page.dispatch('unhandledrejection', { reason: hostile });
  page.throws(new Error('kept'));
  page.leave();
  const read = await frame(page.sent[0]);
  assert.deepEqual(read.events.map((event) => event.kind), ['page_view', 'exception']);
});

