// The web APIs as plain functions: what `sdk-wasm/src/browser/js.rs` declares. They read, pass on
// and never throw. What of an object is told is read by the files below; whether, when and in
// which words it leaves the page is decided in Rust.

import { attempt } from './read.js';

export * from './calls.js';
export * from './element.js';
export * from './read.js';
export * from './thrown.js';

/** What is called back: `dna-core.js` puts the core's own exports here. */
let core;
export const connect = (exports) => (core = exports);

/** Our files stand beside each other, and their names begin alike. */
const beside = import.meta.url.replace(/[^/]*$/, 'dna');
export const own = (address) => attempt(() => address.startsWith(beside), false);
export const largest_paint = (entry) => attempt(() => entry.getLargestInteractionContentfulPaint());
export const now = () => performance.now();
export const wall = () => Date.now();
export const random = () => crypto.getRandomValues(new Uint32Array(1))[0];

const timers = [];
export const wake = (by, delay) => {
  clearTimeout(timers[by]);
  timers[by] = delay < 0 ? 0 : setTimeout(() => core.woken(by), delay);
};
/** The visitor's name in the storage, the session's, or that of the frame with this sequence. */
const named = (key) => (key > 0xffffffffffff ? 'dna.v' : key ? 'dna.f.' + key.toString(16).padStart(12, 0) : 'dna.s');
// Bytes are kept as a text of the characters U+0000 to U+00FF, which engines hold in a byte each.
export const load = (key) =>
  attempt(() => Uint8Array.from(localStorage.getItem(named(key)) ?? '', (byte) => byte.charCodeAt(0)), new Uint8Array());
export const store = (key, bytes) => {
  let value = '';
  for (const byte of bytes) value += String.fromCharCode(byte);
  attempt(() => localStorage.setItem(named(key), value));
};
export const remove = (key) => attempt(() => localStorage.removeItem(named(key)));
export const erase = () =>
  attempt(() => {
    for (let at = localStorage.length; at--; ) {
      const name = localStorage.key(at);
      if (/^dna\.(.$|[cf]\.)/.test(name)) localStorage.removeItem(name);
    }
  });
export const stored = (at) =>
  attempt(() => {
    const name = localStorage.key(at);
    if (name == null) return;
    const key = parseInt(name.slice(6), 16);
    return named(key) == name ? key : 0;
  }, -1);

const nothing = new Uint8Array();
let filters;
/** The page's own filter, wrapped: takes and gives back an event's bytes. */
export const filter_by = (filter) => (filters = filter);
export const filter = (bytes) => attempt(() => filters(bytes), nothing);

/** Is shown each frame, what becomes of it and its bytes as sent; nobody, unless the page has the debug mode. */
let shown;
export const watch = (show) => (shown = show);
export const beacon = (url, body, frame) =>
  attempt(() => {
    const taken = navigator.sendBeacon(url, body);
    shown?.(frame, taken, body.length);
    return taken;
  }, false);
/**
 * What another script's `fetch` returns need be no promise, and may call back at once. Bytes have no
 * media type, so a browser sends them to another origin without asking first.
 */
export const send = (fetch, url, sequence, body, frame) =>
  attempt(() => {
    // No referrer: it would tell servers on the way the query of the page, at up to 2 KB a request.
    const init = { method: 'POST', body, keepalive: true, credentials: 'omit', referrerPolicy: 'no-referrer' };
    const answer = Promise.resolve(fetch.call(window, url, init));
    answer.then(
      (answer) => core.answered(sequence, answer.status || 0, attempt(() => +answer.headers.get('retry-after'), 0)),
      () => core.answered(sequence, 0, 0),
    );
    shown?.(frame, answer, body.length);
    return true;
  }, false);

export const frames = () => attempt(() => requestAnimationFrame(() => requestAnimationFrame(() => core.woken(2))));

export const painted = () => attempt(() => requestAnimationFrame(() => setTimeout(() => core.woken(4))));

/** What a page does without changing itself: it goes elsewhere, opens a window, fills the clipboard. */
const SIGNS = 'scroll submit reset invalid focusin blur change toggle copy play pause navigate'.split(' ');
const CHANGES = { childList: true, attributes: true, characterData: true, subtree: true };
let changes;
/** Scripts change fields without a word: what is in them is compared, and goes nowhere. */
let filled;
const fields = () => [...document.querySelectorAll('input,textarea,select')].map((it) => it.value + it.checked).join();
const sign = () => {
  look_for_signs(false);
  core.woken(5);
};
export const look_for_signs = (on) =>
  attempt(() => {
    changes ??= new MutationObserver(sign);
    changes.disconnect();
    const act = on ? 'addEventListener' : 'removeEventListener';
    for (const type of SIGNS) for (const it of [window, window.navigation]) it?.[act](type, sign, true);
    const before = filled;
    filled = on ? fields() : undefined;
    if (on) changes.observe(document, CHANGES);
    return on || (before != null && before != fields());
  }, false);

let stirs;
export const stir = (on) =>
  attempt(() => {
    stirs ??= new MutationObserver(() => core.woken(6));
    stirs.disconnect();
    if (on) stirs.observe(document, CHANGES);
  });

/** Paints from before an input may be told after it, so there is no hurry; and the page answers first. */
const input = (event) => event.isTrusted && (window.requestIdleCallback ?? setTimeout)(() => core.woken(1), { timeout: 1000 });
const inputs = ['keydown', 'click'];
/** As they ended: lists of several types come in no order. */
const sorted = (entries) => entries.sort((a, b) => a.startTime + a.duration - b.startTime - b.duration);
let observer;
/** Observes entries of these types, also those from before (events from 40 ms on), and inputs. */
export const observe = (types) =>
  attempt(() => {
    for (const type of inputs) addEventListener(type, input, true);
    observer = new PerformanceObserver((list) => core.observed(sorted(list.getEntries())));
    for (const type of types.split(' ')) attempt(() => observer.observe({ type, buffered: true, durationThreshold: 40 }));
  });
/** What was measured and not told yet. */
export const measured = () => attempt(() => sorted(observer.takeRecords()), []);
export const blind = () =>
  attempt(() => {
    for (const type of inputs) removeEventListener(type, input, true);
    observer.disconnect();
  });
