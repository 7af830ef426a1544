// The live page: takes entries from the stream, counts, filters and shows them.

import { KINDS, failed } from './describe.js';
import { eventsOf, makeRow, searchText } from './rows.js';
import { kindName, number, remember, remembered, speak, switchLanguage, word } from './words.js';

// What the page remembers is bounded: it may stand on a wall for weeks.
const ITEMS_MAX = 1000;
const SEEN_MAX = 20000;
const SESSIONS_MAX = 10000;
const PULSE_SECONDS = 60;

const by = (id) => document.getElementById(id);
const [rows, empty, search] = [by('rows'), by('empty'), by('search')];

const items = [];          // newest last
const waiting = [];        // come while the page is paused, or not yet drawn
const seen = new Set();    // entries; a stream that is opened again repeats the last ones
const sessions = new Set();
const hidden = new Set();  // kinds
const counts = new Map();
const pulse = new Map();   // second → events
let [total, failures, paused, drawing] = [0, 0, false, false];
let state = 'connecting';

function take(entry) {
  const id = `${entry.shard}/${entry.id}`;
  if (seen.has(id)) return;
  bound(seen.add(id), SEEN_MAX);
  for (const item of eventsOf(entry)) {
    const { kind } = item.event;
    item.text = searchText(item);
    total += 1;
    failures += failed(item.event);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const second = Math.floor(entry.kept_at_ms / 1000);
    pulse.set(second, (pulse.get(second) ?? 0) + 1);
    if (item.session) bound(sessions.add(item.session), SESSIONS_MAX);
    waiting.push(item);
  }
  waiting.splice(0, waiting.length - ITEMS_MAX);
  draw();
}

function bound(set, max) {
  if (set.size > max) set.delete(set.values().next().value);
}

/** Draws with the next frame, however much arrives until then. */
function draw() {
  if (drawing) return;
  drawing = true;
  const now = () => {
    drawing = false;
    if (!paused) show(waiting.splice(0));
    figures();
  };
  // A page in the background is given no frames, but should not fall behind.
  if (document.hidden) setTimeout(now, 200);
  else requestAnimationFrame(now);
}

function show(fresh) {
  if (fresh.length) {
    const made = document.createDocumentFragment();
    for (const item of fresh) {
      item.row = makeRow(item, { onSession });
      item.row.hidden = !matches(item);
      made.prepend(item.row);
    }
    rows.prepend(made);
    items.push(...fresh);
    for (const old of items.splice(0, items.length - ITEMS_MAX)) old.row.remove();
  }
  emptiness();
}

const matches = ({ event, text }) => !hidden.has(event.kind) && text.includes(search.value.trim().toLowerCase());

function filter() {
  for (const item of items) item.row.hidden = !matches(item);
  emptiness();
}

function emptiness() {
  empty.hidden = items.some(({ row }) => !row.hidden);
  const [title, text] = empty.children;
  title.textContent = word(items.length ? 'nothingTitle' : 'emptyTitle');
  text.textContent = word(items.length ? 'nothingText' : 'emptyText');
}

function onSession(session) {
  search.value = search.value === session ? '' : session;
  filter();
}

function figures() {
  by('events').textContent = number(total);
  by('sessions').textContent = number(sessions.size) + (sessions.size === SESSIONS_MAX ? '+' : '');
  by('failures').textContent = number(failures);
  for (const chip of by('kinds').children) {
    chip.lastElementChild.textContent = number(counts.get(chip.dataset.kind) ?? 0);
    chip.hidden = chip.dataset.kind === 'other' && !counts.has('other');
  }
  by('pause').textContent = word(paused ? 'resume' : 'pause') + (paused && waiting.length ? ` · ${number(waiting.length)}` : '');
}

/** Bars of the last minute, by when entries were kept. */
function beat() {
  const last = Math.floor(Date.now() / 1000);
  for (const second of pulse.keys()) if (second < last - PULSE_SECONDS) pulse.delete(second);
  const bars = by('pulse').children;
  const values = Array.from(bars, (_, at) => pulse.get(last - PULSE_SECONDS + 1 + at) ?? 0);
  const max = Math.max(4, ...values);
  values.forEach((value, at) => {
    bars[at].style.height = `${Math.max(4, Math.round(100 * value / max))}%`;
    bars[at].className = value ? 'on' : '';
  });
}

function say(next) {
  state = next;
  document.querySelector('.state').dataset.state = state;
  by('state').textContent = word(state);
}

function connect() {
  const stream = new EventSource(new URL('events', import.meta.url));
  stream.addEventListener('entry', ({ data }) => {
    if (state !== 'following') say('following');
    take(JSON.parse(data));
  });
  stream.addEventListener('ready', () => say('following'));
  stream.addEventListener('away', () => say('away'));
  stream.addEventListener('error', () => {
    // After an answer that is no stream the browser does not try again by itself.
    if (stream.readyState === EventSource.CLOSED) {
      say('busy');
      setTimeout(connect, 5000);
    } else {
      say('lost');
    }
  });
}

function translate() {
  speak();
  by('language').textContent = word('otherLanguage');
  search.placeholder = word('search');
  by('kinds').replaceChildren(...[...KINDS, 'other'].map(chip));
  for (const item of items) {
    const row = makeRow(item, { onSession });
    row.hidden = item.row.hidden;
    item.row.replaceWith(row);
    item.row = row;
  }
  say(state);
  dress();
  emptiness();
  figures();
}

function chip(kind) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = `chip kind-${kind}`;
  button.dataset.kind = kind;
  button.setAttribute('aria-pressed', String(!hidden.has(kind)));
  const [name, count] = [document.createElement('span'), document.createElement('span')];
  name.textContent = kindName(kind);
  count.className = 'count';
  button.append(name, count);
  button.addEventListener('click', () => {
    if (!hidden.delete(kind)) hidden.add(kind);
    button.setAttribute('aria-pressed', String(!hidden.has(kind)));
    filter();
  });
  return button;
}

const dark = matchMedia('(prefers-color-scheme: dark)');

function dress() {
  const theme = remembered('theme') ?? (dark.matches ? 'dark' : 'light');
  document.documentElement.dataset.theme = theme;
  const other = word(theme === 'dark' ? 'toLight' : 'toDark');
  by('theme').textContent = theme === 'dark' ? '☀' : '☾';
  by('theme').title = other;
  by('theme').setAttribute('aria-label', other);
}

by('theme').addEventListener('click', () => {
  remember('theme', document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
  dress();
});
dark.addEventListener('change', dress);
by('language').addEventListener('click', () => { switchLanguage(); translate(); });
by('pause').addEventListener('click', () => {
  paused = !paused;
  by('pause').setAttribute('aria-pressed', String(paused));
  draw();
});
by('clear').addEventListener('click', () => {
  rows.replaceChildren();
  items.length = 0;
  waiting.length = 0;
  sessions.clear();
  counts.clear();
  [total, failures] = [0, 0];
  emptiness();
  figures();
});
search.addEventListener('input', filter);

by('pulse').append(...Array.from({ length: PULSE_SECONDS }, () => document.createElement('i')));
translate();
beat();
setInterval(beat, 1000);
connect();
