// Everything can be done from the keyboard: j and k walk through rows, Enter opens, / searches, ? helps.

import { go, href } from './address.js';
import { h } from './dom.js';
import { closeDialog, openDialog } from './parts/dialog.js';
import { t } from './words.js';

/** `g`, then one of these. */
const PLACES = { o: '/overview', e: '/errors', s: '/sessions', f: '/find', c: '/chain' };
/** How long `g` waits for the second key. */
const SECOND_KEY_MS = 1500;

const KEYS = [
  ['/', 'keys.search'],
  ['j', 'keys.down'],
  ['k', 'keys.up'],
  ['Enter', 'keys.open'],
  ['Esc', 'keys.back'],
  ['[ ]', 'keys.move'],
  ['r', 'keys.again'],
  ['g o', 'overview.title'],
  ['g e', 'errors.title'],
  ['g s', 'sessions.title'],
  ['g f', 'find.title'],
  ['g c', 'chain.title'],
  ['?', 'keys.help'],
];

let goneAt = -Infinity;

/** Listens from now on. */
export function listen() {
  document.addEventListener('keydown', (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const typing = event.target.closest?.('input, textarea, select, [contenteditable]');
    if (event.key == 'Escape') return escape(typing, event);
    if (typing || document.querySelector('dialog[open]')) return;
    if (press(event.key, event.timeStamp)) event.preventDefault();
  });
}

/** Does what a key stands for; whether it stands for anything. */
function press(key, now) {
  if (now - goneAt < SECOND_KEY_MS && PLACES[key]) {
    goneAt = -Infinity;
    go(href(PLACES[key]));
    return true;
  }
  const acts = {
    g: () => (goneAt = now),
    j: () => walk(1),
    k: () => walk(-1),
    '?': showHelp,
    '/': search,
    r: () => click('#range-again'),
    '[': () => click('#range-earlier'),
    ']': () => click('#range-later'),
  };
  acts[key]?.();
  return key in acts;
}

const click = (selector) => document.querySelector(selector)?.click();

/** Into the page's own field to search or filter, or to the page that finds a user. */
function search() {
  const field = document.querySelector('main [data-search]');
  if (field) field.focus();
  else if (document.querySelector('a[data-path="/find"]')) go(href('/find'));
}

/** To the next row, or the one before: what can be opened in it has the focus. */
function walk(step) {
  const rows = [...document.querySelectorAll('main [data-open]')].filter((row) => row.offsetParent);
  const at = rows.findIndex((row) => row == document.activeElement);
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.closest('tr, li')?.scrollIntoView({ block: 'nearest' });
}

/** Out of a field, out of a dialog, out of what is open on the page, back to the list. */
function escape(typing, event) {
  // A dialog closes itself.
  if (document.querySelector('dialog[open]')) return;
  const open = document.querySelector('main details[open]');
  if (open?.contains(event.target)) {
    open.open = false;
    open.querySelector('summary').focus();
  } else if (typing) typing.blur();
  else click('[data-close], [data-back]');
}

/** Which keys there are. */
export function showHelp() {
  openDialog(
    t('help.title'),
    h('dl.keys', KEYS.map(([keys, words]) => h('.key', h('dt', keys.split(' ').map((key) => h('kbd', key))), h('dd', t(words))))),
    h('button.main', { type: 'button', onclick: closeDialog }, t('close')),
  );
}
