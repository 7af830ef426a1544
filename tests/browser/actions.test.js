// What the visitor clicks on: named in the page's words, never in the visitor's, and told when the page lets them down.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { launch } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { answered, hurried, startPages, withTag } from './harness/pages.js';
import { until } from './harness/process.js';
import { eventsOf, startBank, startIngest } from './harness/servers.js';

/** What occurs nowhere by chance: typed, a balance, somebody's name. */
const CANARIES = ['typed-canary', '42,860', '860.15', 'canary-payee', 'canary-note', '84726159'];

const BODY = `
<form id="form" action="/slow.html"><input id="typed"><textarea id="note">canary-note</textarea><input id="send" type="submit" value="canary-payee"></form>
<table><tr><td id="cell">¥42,860.15</td></tr></table>
<button id="row">Account ¥42,860.15 of Zhang <input id="inner" value="canary-payee"></button>
<a id="link" href="#top">Everyday 42,860.15</a>
<div data-dna-mask id="pad"><button id="key-84726159">canary-payee</button></div>
<button id="key-a">a</button>
<button id="around">See <b data-dna-mask>canary-payee</b></button>
<div contenteditable id="editor"><a id="written" href="#">typed-canary</a></div>
<label id="label">Remember <input type="checkbox" id="check"></label>
<div id="icon" data-dna-action="open-menu"><button id="labelled" aria-label="Close 42,860.15"><svg width="9" height="9"><path id="path" d="M0 0h9v9z"/></svg></button></div>
<button id="clear" type="button">Clear</button>
<button id="beep" type="button">Beep</button><audio></audio>
<button id="send-code" type="button">Send code</button>
<script>
document.querySelector('#send-code').addEventListener('click', async () => {
  history.pushState(null, '', '/shown-by-it.html');
  const request = new XMLHttpRequest();
  request.open('GET', '/by-xhr.html');
  request.send();
  await fetch('/by-fetch.html');
  await fetch('/then.html');
});
document.querySelector('#form').addEventListener('submit', (event) => event.preventDefault());
document.querySelector('#clear').addEventListener('click', () => (document.querySelector('#typed').value = ''));
</script>`;

let ingest, bank, pages, browser;
before(async () => {
  ingest = ends(await startIngest());
  bank = ends(await startBank(ingest.url));
  const body = withTag(ingest.url, { body: BODY });
  pages = ends(await startPages({ '/private.html': { body }, '/calls.html': { body } }));
  browser = ends(await launch());
});

/** A page on which the core runs: its first beacon is answered. */
async function open(address) {
  const page = await browser.newPage();
  // So high that the driver need not scroll to what it clicks on: that is a sign of life.
  await page.setViewport({ width: 1280, height: 2000 });
  await page.goto(address);
  await answered(page);
  return page;
}

const actions = async (path) =>
  eventsOf(await ingest.entries()).filter(({ kind, frame }) => kind === 'user_action' && new URL(frame['url.full']).pathname === path);
/** The actions of a page, when there are so many. */
const told = (page, path, count) =>
  hurried(page)(`${count} actions of ${path}`, () => actions(path), (events) => events.length >= count);
const words = ({ body }) => [body['user_action.name'], body['user_action.frustration'], body.count];

test('a click that is answered is told with its paint, one that is not as dead, and as rage when it is repeated', async () => {
  const page = await open(`${bank.url}/actions`);
  await page.click('#good');
  await told(page, '/actions', 1);
  await page.click('#dead', { count: 3 });
  await told(page, '/actions', 2);
  await page.click('#dead');
  await told(page, '/actions', 3);
  await page.click('#error');
  await told(page, '/actions', 4);
  await page.click('#quiet-call');
  const events = await told(page, '/actions', 5);
  assert.deepEqual(events.map(words), [
    ['show-limit', undefined, undefined],
    ['Freeze the card', 'rage_click dead_click', 3],
    ['Freeze the card', 'dead_click', undefined],
    ['Order a new card', 'error_click', undefined],
    ['Prepare the statement', undefined, undefined],
  ]);
  for (const { body } of events) {
    assert.equal(body['user_action.type'], 'click');
    // Firefox rounds to whole milliseconds.
    assert.ok(body.duration_ms >= 0 && body.duration_ms < 5_000, `${body.duration_ms}`);
  }
  assert.equal(events[1].body['user_action.element'], '#dead');
  await page.close();
});

test('a call tells which click it began with, in whichever view it is told; one of the page itself tells none', async () => {
  const page = await open(`${pages.url}/calls.html`);
  const names = ['before', 'by-xhr', 'by-fetch', 'then', 'after'];
  const calls = async () => {
    const found = eventsOf(await ingest.entries()).filter(({ kind }) => kind === 'api_call');
    return found.filter(({ body }) => names.some((name) => body['url.full'] === `${pages.url}/${name}.html`));
  };
  const call = (path) => page.evaluate(async (path) => void (await fetch(path)), path);
  await call('/before.html');
  await page.click('#beep');
  await page.click('#send-code');
  const clicked = (events) => events.find(({ body }) => body['user_action.name'] === 'Send code');
  const all = async () => eventsOf(await ingest.entries());
  const { body } = clicked(await hurried(page)('the click', all, clicked));
  // It was judged.
  await call('/after.html');
  const events = await hurried(page)('the calls', calls, (events) => events.length >= names.length);
  const told = Object.fromEntries(events.map(({ body }) => [new URL(body['url.full']).pathname.slice(1, -5), body['user_action.id']]));
  assert.equal(body['user_action.id'], 2, 'the second click of this page');
  assert.deepEqual(told, { before: undefined, 'by-xhr': 2, 'by-fetch': 2, then: 2, after: undefined });
  await page.close();
});

test('what was typed, balances and what is masked never arrive', async () => {
  const page = await open(`${pages.url}/private.html`);
  await page.type('#typed', 'typed-canary 84726159');
  const clicked = ['#typed', '#cell', '#row', '#link', '#pad button', '#key-a', '#around', '#written', '#path', '#send', '#clear', '#label'];
  for (const selector of clicked) await page.click(selector);
  // Judged when the page is left, if not before.
  await page.goto('about:blank');
  const all = (events) => events.length >= clicked.length;
  const events = await until('the actions', () => actions('/private.html'), all);
  const names = events.map(({ body }) => [body['user_action.element'], body['user_action.name'], body['user_action.frustration']]);
  assert.deepEqual(names, [
    ['#typed', undefined, undefined],
    ['#cell', undefined, undefined],
    ['#row', '{masked}', undefined],
    ['#link', 'Everyday {number}', undefined],
    ['html>body>div', '{masked}', undefined],
    [undefined, '{masked}', undefined],
    ['#around>b', '{masked}', undefined],
    ['#written', '{masked}', undefined],
    ['#labelled', 'open-menu', undefined],
    ['#send', undefined, undefined],
    ['#clear', 'Clear', undefined],
    ['#check', undefined, undefined],
  ]);
  const everything = JSON.stringify(await ingest.entries());
  for (const canary of CANARIES) assert.ok(!everything.includes(canary), canary);
  await page.close();
});

test('a click that changes only a field, or plays a sound, is not dead; nor is one that a script makes', async () => {
  const page = await open(`${pages.url}/private.html`);
  const before = (await actions('/private.html')).length;
  await page.type('#typed', 'x');
  await page.evaluate(() => document.querySelector('#beep').click());
  await page.click('#clear');
  await told(page, '/private.html', before + 1);
  await page.evaluate(() => document.querySelector('#beep').addEventListener('click', () => document.querySelector('audio').dispatchEvent(new Event('play'))));
  await page.click('#beep');
  const events = (await told(page, '/private.html', before + 2)).slice(before);
  assert.deepEqual(events.map(words), [['Clear', undefined, undefined], ['Beep', undefined, undefined]]);
  await page.close();
});

test('the page is watched only while a click is judged, and not at all when the agent is stopped', async () => {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(() => {
    window.watching = 0;
    const { observe, disconnect } = MutationObserver.prototype;
    const on = new Set();
    MutationObserver.prototype.observe = function (...call) {
      if (call[0] === document) window.watching = on.add(this).size;
      return observe.apply(this, call);
    };
    MutationObserver.prototype.disconnect = function () {
      on.delete(this);
      window.watching = on.size;
      return disconnect.call(this);
    };
  });
  await page.goto(`${bank.url}/actions`);
  await answered(page);
  assert.equal(await page.evaluate(() => window.watching), 0);
  await page.click('#dead');
  assert.equal(await page.evaluate(() => window.watching), 1);
  await page.waitForFunction(() => window.watching === 0);
  await page.click('#good');
  assert.equal(await page.evaluate(() => window.watching), 0, 'the first change ends it');
  await page.click('#dead');
  await page.evaluate(() => dna('stop'));
  assert.equal(await page.evaluate(() => window.watching), 0);
  await page.close();
});
