/** What is read of the page's objects: `src/element.js`, `src/thrown.js`, `src/calls.js`, without a browser. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { fetched, requested, server_timing } from '../src/calls.js';
import { invoker, selector, subject } from '../src/element.js';
import { which } from '../src/read.js';
import { exception, longest_script, thrown, written } from '../src/thrown.js';

beforeEach(() => {
  globalThis.window = {};
  globalThis.document = { baseURI: 'https://bank/app/', querySelector: () => null };
});

/** An object whose every property throws. */
const hostile = new Proxy({}, { get: () => { throw new Error('mine'); } });

/** Elements, the innermost first, each as name, identifier and classes. */
function element(...parts) {
  return parts.reduceRight((parentNode, [nodeName, id = '', value = '']) => ({ nodeName, id, classList: { value }, nodeType: 1, parentNode }), { nodeName: '#document' });
}

test('elements are named as web-vitals names them', () => {
  const long = 'x'.repeat(120);
  assert.equal(selector(element(['P', '', ' c a\n b'], ['DIV'], ['BODY'])), 'body>div>p.a.b.c');
  assert.equal(selector(element(['P'], ['DIV', 'box', 'a'], ['BODY'])), '#box>p');
  assert.equal(selector(element(['#text'], ['P'])), 'p>TEXT');
  assert.equal(selector(element(['P'], ['DIV', '', long], ['BODY'])), 'p', 'what does not fit ends it');
  assert.equal(selector(element(['P', long], ['DIV'])), '#' + long.slice(0, 128));
  for (const nothing of [undefined, null, {}, hostile]) assert.equal(selector(nothing), '');
});

test('what a page masks has no names but those of its elements', () => {
  const [masked, open] = [element(['P', 'iban', 'secret']), element(['P', 'iban', 'secret'])];
  masked.hasAttribute = (name) => name == 'data-dna-mask';
  assert.equal(selector(masked), 'p');
  assert.equal(selector(open), '#iban');
  const script = { invoker: 'BUTTON#pay.now.onclick' };
  assert.equal(invoker(script), 'BUTTON#pay.now.onclick');
  assert.equal(subject({ element: null, id: 'hero' }), '#hero');
  assert.equal(subject({ target: null, targetSelector: '#gone' }), '#gone');
  document.querySelector = () => masked;
  assert.equal(invoker(script), 'BUTTON.onclick');
  assert.equal(subject({ element: null, id: 'hero' }), '', 'nobody can say whether it was masked');
});

test('a shift is about the first element that moved, or the first node', () => {
  const [text, moved] = [{ nodeName: '#text', nodeType: 3 }, element(['P'])];
  assert.equal(subject({ sources: [{ node: text }, { node: moved }] }), 'p');
  assert.equal(subject({ sources: [{ node: text }] }), 'TEXT');
});

const STACK = 'TypeError: x\n    at f (https://bank/app.js:1:20)\n    at https://bank/lib.js?v=1:3:4';
const ID = '0123ABCD-0123-4567-89ab-0123456789ab';

test('scripts of a stack are found as each engine notes them', () => {
  const noted = (note, id = ID) => {
    window._dnaDebugIds = { [note]: id };
    return thrown({ stack: STACK }).scripts;
  };
  for (const note of [
    'Error\n    at https://bank/app.js:1:90\n    at https://bank/other.js:1:1',
    'Error\n    at Object.<anonymous> (https://bank/app.js:1:90)',
    '@https://bank/app.js:1:90\n',
    'global code@https://bank/app.js:1:90',
  ]) {
    assert.deepEqual(noted(note), ['https://bank/app.js', ID.replaceAll('-', '')], note);
  }
  assert.deepEqual(noted('@https://bank/lib.js?v=1:1:1')[0], 'https://bank/lib.js?v=1');
  for (const note of ['@https://bank/app:1:1', '@https://bank/app.js.map:1:1', '@https://bank/app.js', 'Error', '']) {
    assert.deepEqual(noted(note), [], note);
  }
  for (const id of ["the customer's name", ID.slice(1), 'é' + ID.slice(1), hostile]) {
    assert.deepEqual(noted('@https://bank/app.js:1:1', id), []);
  }
});

test('whatever is thrown is told, with its causes', () => {
  assert.deepEqual([thrown('why').name, thrown('why').message], ['string', 'why']);
  assert.deepEqual([thrown(undefined).name, thrown(hostile).message], ['undefined', '']);
  assert.equal(thrown(Object.assign(new RangeError(), { stack: '' })).message, '', 'its name says it');
  const inner = { message: 'inner', stack: 'at b', toString: () => 'E: inner' };
  const outer = { name: 'E', message: 'outer', stack: 'at a', cause: inner, errors: ['one', { stack: 'E: two\nat c', toString: () => 'E: two' }] };
  inner.cause = outer;
  assert.equal(thrown(outer).stack, 'at a\nCaused by: E: inner\nat b\nOne of its errors: one\n\nOne of its errors: E: two\nat c');
  assert.equal(exception({ error: null, message: 'Script error.' }).message, 'Script error.');
  assert.equal(exception({ error: new Error('own'), message: 'Uncaught Error: own' }).message, 'own');
  assert.deepEqual(written(['a', 1, { stack: 'at d', toString: () => 'E' }]), { message: 'a 1 E', stack: 'at d' });
});

test('calls are told by what they were given and what came of it', () => {
  const told = fetched('accounts?x=1', { method: 'post', body: 'abc' }, { status: 201 }, false);
  assert.deepEqual([told.method, told.address, told.status, told.error, told.size], ['POST', 'https://bank/app/accounts?x=1', 201, '', 3]);
  const error = (outcome, init) => fetched({ url: 'https://bank/' }, init, outcome, true).error;
  assert.equal(error({ name: 'TimeoutError' }), 'timeout');
  assert.equal(error('my reason', { signal: { aborted: true } }), 'abort');
  assert.equal(error(new TypeError('Failed to fetch')), 'network');
  const xhr = requested(['get', 'https://bank/a', '00-1', 7], { status: 0 }, { type: 'error' });
  assert.deepEqual([xhr.method, xhr.error, xhr.trace, xhr.size], ['GET', 'network', '00-1', 7]);
  assert.equal(fetched(hostile, hostile, hostile, false).method, 'GET', 'nothing of it throws');
});

test('Server-Timing is written as its header, as far as there is room', () => {
  const list = (serverTiming) => server_timing({ serverTiming });
  assert.equal(list([{ name: 'db', duration: 12.34567, description: 'read' }, { name: 'hit', duration: 0, description: '' }]), 'db;dur=12.346;desc="read", hit');
  assert.equal(list(Array.from({ length: 99 }, () => ({ name: 'n'.repeat(100) }))).length, 4 * 102 + 100);
  for (const none of [undefined, [], 5]) assert.equal(list(none), '');
});

test('the longest script is the one that ran longest', () => {
  const [short, long] = [{ duration: 5 }, { duration: 9 }];
  assert.equal(longest_script({ scripts: [short, long, short] }), long);
  for (const none of [{ scripts: [{ duration: 0 }] }, {}, hostile]) assert.equal(longest_script(none), undefined);
});

test('a word is known by its number', () => {
  assert.deepEqual(['b', 'c', 'a b', 5].map((type) => which({ type }, 'type', 'a b')), [1, -1, -1, -1]);
});
