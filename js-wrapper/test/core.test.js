/** The built core, in Wasm, under Node: what the page does becomes frames. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Page } from './browser-double.js';
import { events, frame } from './frames.js';
import { unpacked } from './packed.js';
import { Storage } from './storage-double.js';

let page;
const open = async (options) => {
  page = new Page(options).tag();
  await page.ready();
  return page;
};
afterEach(() => page?.close());

test('an error on the line after the tag is delivered', async () => {
  page = new Page().tag();
  page.now = 12;
  page.throws(new TypeError('early, see https://bank/help?token=1'));
  page.now = 100;
  await page.ready();
  await page.pass(6000);
  const read = await frame(page.sent[0]);
  assert.equal(page.sent[0].way, 'fetch');
  assert.equal(page.sent[0].type, undefined, 'a media type might be one that the browser asks for first');
  assert.equal(page.sent[0].init.keepalive, true);
  assert.equal(read.app_key, 'bank-web');
  assert.equal(read['url.full'], 'https://bank/accounts');
  assert.equal(read.time_base_ms, page.at);
  assert.match(read['session.id'], /^[0-9a-f]{32}$/);
  const [error] = read.events;
  assert.equal(error.kind, 'exception');
  assert.equal(error.time, 12);
  assert.equal(error.type, 'TypeError');
  assert.equal(error.message, 'early, see https://bank/help');
  assert.deepEqual([error.file, error.line, error.column], ['https://bank/app.js', 3, 7]);
  assert.match(error.stack, /^TypeError: early, see https:\/\/bank\/help\n/);
});

test('calls before the core is there are delivered, with their values of then', async () => {
  page = new Page().tag();
  const attributes = { tier: 'vip', branch: 'SH', age: 41, app: true, none: null, f() {}, s: Symbol('x') };
  dna('setUser', 'u-1', attributes);
  attributes.tier = 'changed';
  dna('event', 'transfer', { amount: 1.5 });
  dna('clearUser');
  await page.ready();
  await page.pass(6000);
  const [user, custom, cleared] = await events(page.sent);
  assert.deepEqual(
    { ...user, time: 0 },
    { kind: 'identity', time: 0, id: 'u-1', tier: 'vip', attributes: { age: 41, app: true, branch: 'SH' } },
  );
  assert.deepEqual([custom.kind, custom.name, custom.attributes], ['custom', 'transfer', { amount: 1.5 }]);
  assert.deepEqual([cleared.kind, cleared.id], ['identity', undefined]);
});

test('a repeated setUser says nothing new', async () => {
  await open();
  for (let i = 0; i < 3; i++) dna('setUser', 42, { tier: 'vip' });
  dna('setUser', 42, { tier: 'gold' });
  await page.pass(6000);
  const tiers = (await events(page.sent)).map((event) => [event.id, event.tier]);
  assert.deepEqual(tiers, [['42', 'vip'], ['42', 'gold']]);
});

test('page view, paints and failed resources are told once', async () => {
  await open();
  page.measures(page.entry);
  page.entry.loadEventEnd = 250;
  page.measures(page.entry, { entryType: 'paint', name: 'first-contentful-paint', startTime: 120.06 });
  const image = { localName: 'img', currentSrc: '', src: 'https://bank/logo.png?v=2' };
  page.dispatch('error', { target: image });
  page.dispatch('error', { target: { localName: 'img', src: '' } });
  await page.pass(6000);
  page.leave();
  const all = await events(page.sent);
  assert.deepEqual(all.map((event) => event.kind), ['page_view', 'web_vital', 'resource_failure', 'web_vital']);
  const [view, paint, failure, shifts] = all;
  assert.equal(view.time, 0);
  assert.deepEqual(
    [view.type, view.response_start, view.load_event_end, view.protocol, view.status, view.referrer],
    ['navigate', 30, 250, 'h2', 200, 'https://bank/sign-in'],
  );
  assert.deepEqual([paint.name, paint.value, paint.time], ['FCP', 120, 120]);
  assert.deepEqual([shifts.name, shifts.value], ['CLS', 0], 'nothing moved');
  assert.deepEqual([failure.url, failure.element], ['https://bank/logo.png', 'img']);
});

test('a page that is left before it has loaded still tells its view', async () => {
  await open();
  page.leave();
  const sent = page.sent;
  assert.deepEqual(sent.map((request) => request.way), ['beacon']);
  page.entry.loadEventEnd = 250;
  page.measures(page.entry);
  const [view, ...more] = await events(sent);
  assert.deepEqual(more, []);
  assert.deepEqual([view.kind, view.response_start, view.load_event_end], ['page_view', 30, undefined]);
});

test('a paint that nobody was told of is told when the page is left', async () => {
  await open();
  page.hasMeasured({ entryType: 'paint', name: 'first-paint', startTime: 90 });
  page.leave();
  const kinds = (await events(page.sent)).map((event) => event.name ?? event.kind);
  assert.deepEqual(kinds, ['FP', 'page_view']);
});

test('whatever is thrown is read without a throw', async () => {
  await open();
  const hostile = new Proxy({}, { get() { throw new Error('trap'); } });
  const getter = { get message() { throw new Error('getter'); }, toString() { throw new Error('string'); } };
  const values = ['text', null, undefined, 5, Symbol('s'), { code: 5 }, { message: 'like an error' },
    hostile, getter, Object.create(null), () => {}, new Error(''), 10n, [], 'x'.repeat(1_000_000)];
  for (const value of values) {
    page.throws(value, { message: 'Uncaught something' });
    page.dispatch('unhandledrejection', { reason: value });
  }
  page.throws(null, { message: 'Script error.', filename: '', lineno: 0, colno: 0 });
  await page.pass(6000);
  const all = await events(page.sent);
  assert.equal(all.length, 2 * values.length + 1);
  const of = (value) => all[2 * values.indexOf(value)];
  assert.deepEqual([of('text').type, of('text').message], ['string', 'text']);
  assert.equal(of(null).message, 'Uncaught something');
  assert.deepEqual([of(5).type, of(5).message], ['number', '5']);
  assert.equal(all[2 * 5].message, '[object Object]');
  assert.equal(all[2 * 6].message, 'like an error');
  assert.ok(all.every((event) => (event.message ?? '').length <= 1024));
  const script = all.at(-1);
  assert.deepEqual([script.message, script.file, script.line], ['Script error.', undefined, undefined]);
});

test('one error in a loop is limited, and what was dropped is told', async () => {
  await open();
  const error = new Error('loop');
  for (let i = 0; i < 300; i++) page.throws(error);
  await page.pass(6000);
  const frames = await Promise.all(page.sent.map(frame));
  page.throws(new Error('another'));
  await page.pass(6000);
  frames.push(await frame(page.sent.at(-1)));
  const sum = (name) => frames.reduce((sum, read) => sum + (read[name] ?? 0), 0);
  assert.equal(frames.flatMap((read) => read.events).length, 101);
  assert.equal(sum('dropped.rate_limited'), 200);
});

test('frames of a page count up in one session', async () => {
  await open();
  for (const name of ['a', 'b', 'c']) {
    dna('event', name);
    await page.pass(6000);
  }
  const frames = await Promise.all(page.sent.map(frame));
  const sequences = frames.map((read) => read.sequence);
  assert.equal(new Set(frames.map((read) => read['session.id'])).size, 1);
  assert.equal(new Set(frames.map((read) => read['view.id'])).size, 1);
  assert.deepEqual(sequences, [0, 1, 2].map((step) => sequences[0] + step));
  assert.ok(sequences.every(Number.isSafeInteger));
});

test('a page from the back/forward cache is another view of the same session', async () => {
  await open();
  page.leave();
  page.now += 60_000;
  page.document.visibilityState = 'visible';
  page.dispatch('pageshow', { persisted: true });
  page.dispatch('visibilitychange');
  await page.pass(6000);
  const frames = await Promise.all(page.sent.map(frame));
  const views = frames.filter((read) => read.events.some((event) => event.kind === 'page_view'));
  const ids = new Set(views.map((read) => read['view.id']));
  assert.equal(ids.size, 2);
  const restored = views.at(-1).events.find((event) => event.kind === 'page_view');
  assert.deepEqual([restored.type, restored.response_start], ['back_forward', undefined]);
});

test('what waits goes by beacon when the page is left, and is confirmed by the next one', async () => {
  const storage = new Storage();
  await open({ storage });
  dna('setUser', 'raw-user-4711', { tier: 'vip' });
  page.throws(new Error('last'));
  page.leave();
  assert.deepEqual(page.sent.map((request) => request.way), ['beacon']);
  assert.equal(page.sent[0].type, undefined, 'a media type might be one that the browser asks for first');
  const left = await frame(page.sent[0]);
  assert.deepEqual(left.events.map((event) => event.kind), ['identity', 'exception', 'page_view']);
  assert.ok(storage.length >= 2, 'session and frame');
  assert.ok(!storage.values().some((value) => value.includes('4711')), 'no raw user id');
  page.close();

  await open({ storage, at: page.at + 5000 });
  await page.pass(6000);
  const again = await frame(page.sent[0]);
  assert.equal(page.sent[0].way, 'fetch');
  assert.equal(again['session.id'], left['session.id']);
  assert.equal(again.sequence, left.sequence);
  assert.equal(again.attempt, 1);
  assert.ok(again.sent_at_ms >= left.sent_at_ms + 5000);
  assert.deepEqual(again.events, left.events.slice(1), 'the user stays out of the storage');
  assert.equal(storage.length, 1, 'acknowledged, so only the session is left');
});

test('what the application says is cleaned before it is sent or stored', async () => {
  await open();
  const personal = ['6222020202020208', '13800138000', 'zhang.wei@mail.example', 'pin=1234'];
  const [card, phone, mail, query] = personal;
  dna('setUser', 'u', { tier: card, [`of ${phone}`]: mail });
  dna('event', `paid ${card}`, { card, number: +card, phone, mail, url: `/pay?${query}`, [mail]: true });
  const error = new Error('x');
  error.name = `Of${mail}`;
  page.throws(error);
  page.leave();
  const sent = unpacked(await page.sent[0].bytes).toString('latin1');
  const stored = page.storage.values().join();
  assert.ok(stored.includes('{card}') && sent.includes('{phone}'), 'the scan saw the contents');
  for (const secret of personal) {
    assert.ok(!sent.includes(secret), `${secret} is sent`);
    assert.ok(!stored.includes(secret), `${secret} is stored`);
  }
  const { events } = await frame(page.sent[0]);
  const custom = events.find(({ kind }) => kind === 'custom');
  assert.equal(custom.attributes.number, '{card}');
});

test('an id that is too long is nobody, with and without a core', async () => {
  for (const wasm of ['application/wasm', 'never']) {
    page = new Page();
    page.wasm = wasm;
    page.tag();
    await (wasm === 'never' ? page.halfway() : page.ready());
    dna('setUser', `${'L'.repeat(256)}-A`);
    dna('setUser', `müller-${'x'.repeat(100)}`);
    page.leave();
    const bytes = Buffer.from(await page.sent[0].bytes);
    const read = bytes[0] === 0x7b ? JSON.parse(bytes).events.map(({ body }) => body) : (await frame(page.sent[0])).events;
    const ids = read.map((event) => event.id ?? event['user.id']).filter(Boolean);
    assert.deepEqual(ids, [`müller-${'x'.repeat(100)}`], wasm);
    page.close();
  }
});

test('a beacon that is refused goes by fetch with keepalive', async () => {
  await open();
  page.beaconAccepts = false;
  page.throws(new Error('last'));
  page.leave();
  assert.deepEqual(page.sent.map((request) => [request.way, request.init.keepalive]), [['fetch', true]]);
  await page.pass(10);
  assert.equal(page.storage.length, 1, 'its answer came');
});

test('a failing server is tried again, later, across page loads', async () => {
  const storage = new Storage();
  await open({ storage });
  page.answers = 0;
  dna('event', 'kept');
  await page.pass(5500);
  page.sent[0].answer(503, { 'retry-after': '20' });
  await page.pass(15_000);
  assert.equal(page.sent.length, 1, 'Retry-After is honoured');
  await page.pass(10_000);
  assert.equal(page.sent.length, 2);
  page.sent[1].fail();
  await page.pass(10);
  const first = await frame(page.sent[0]);
  page.close();

  await open({ storage, at: page.at + 120_000 });
  await page.pass(6000);
  const again = await frame(page.sent[0]);
  assert.deepEqual([again.sequence, again.attempt], [first.sequence, 2]);
  assert.deepEqual(again.events, first.events);
  await page.pass(60_000);
  assert.equal(page.sent.length, 1);
});

test('a storage that throws is no trouble', async () => {
  const storage = new Storage();
  for (const name of ['getItem', 'setItem', 'removeItem', 'key']) {
    storage[name] = () => { throw new DOMException('denied', 'SecurityError'); };
  }
  await open({ storage });
  dna('event', 'a');
  await page.pass(6000);
  page.leave();
  assert.equal((await events(page.sent))[0].name, 'a');
});
