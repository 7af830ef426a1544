// One row an event. Everything from the wire is put in as text, never as markup.

import { describe, failed, grade } from './describe.js';
import { kindName, word } from './words.js';

const element = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

/** Shows control characters and direction marks, which could disguise a text, as what they are. */
const plain = (text) => String(text).replace(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu,
  (c) => (c === '\n' ? ' ⏎ ' : `\\u{${c.codePointAt(0).toString(16)}}`));

const clock = (millis) => {
  const time = new Date(millis);
  if (Number.isNaN(time.getTime())) return '–';
  const two = (value) => String(value).padStart(2, '0');
  const thousandths = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${thousandths}`;
};

/** The events of an entry, with what the row needs of the frame around them. */
export function eventsOf(entry) {
  const { frame } = entry;
  if (!frame) {
    const event = { kind: 'other', body: { error: entry.error }, time: 0 };
    return [{ event, entry, frame: {}, session: '', at: entry.kept_at_ms }];
  }
  const offset = (frame.time_base_ms ?? 0) + (entry.clock_skew_ms ?? 0);
  const session = frame['session.id'] ?? '';
  return frame.events.map((event) => ({ event, entry, frame: ofView(frame, event), session, at: offset + event.time }));
}

/** The frame as one of the event's view alone, where it has several. */
function ofView(frame, { view = 0 }) {
  if (!frame.views) return frame;
  const { views, ...rest } = frame;
  return { ...rest, ...views[view] };
}

/** What a search finds an item by. */
export function searchText({ event, entry, frame, session }) {
  return [session, entry['service.name'], frame['url.full'], JSON.stringify(event.body)]
    .join('\n').toLowerCase();
}

/** The row of an item. */
export function makeRow(item, { onSession }) {
  const { event, entry, frame, session } = item;
  const row = element('details', `row kind-${event.kind}`);
  row.classList.toggle('failed', failed(event));
  const summary = element('summary');
  const time = element('time', 'time', clock(item.at));
  const badge = element('span', 'badge', kindName(event.kind) ?? event.kind);
  const app = element('span', 'app', plain(entry['service.name'] ?? '–'));
  const short = element('button', 'session', session.slice(0, 8) || '–');
  short.type = 'button';
  short.title = word('onlySession');
  short.addEventListener('click', (click) => {
    click.preventDefault();
    onSession(session);
  });
  const text = element('span', 'text');
  const [main, ...details] = describe(event, frame);
  text.append(element('b', '', plain(main)));
  details.forEach((detail, at) => {
    text.append(element('span', at === 0 ? `detail ${grade(event)}` : 'detail', plain(detail)));
  });
  summary.append(time, badge, app, short, text);
  row.append(summary);
  // Most rows are never opened.
  row.addEventListener('toggle', () => row.open && fill(row, item), { once: true });
  return row;
}

function fill(row, { event, entry, frame }) {
  const { events, ...header } = frame;
  const { frame: _, ...receipt } = entry;
  const text = JSON.stringify({ event, header, receipt }, null, 2);
  const box = element('div', 'json');
  const copy = element('button', 'copy', word('copy'));
  copy.type = 'button';
  copy.hidden = !navigator.clipboard;
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = word('copied');
  });
  const pre = element('pre');
  pre.tabIndex = 0;
  paint(pre, text);
  box.append(copy, pre);
  if (event.resolved_stack) row.append(stackOf(event.resolved_stack));
  row.append(box);
}

/** The stack as the source has it: a text for a frame without a map, an object for one with. */
function stackOf(lines) {
  const pre = element('pre', 'stack');
  pre.tabIndex = 0;
  for (const line of lines) {
    if (typeof line === 'string') {
      pre.append(element('span', 'raw', plain(line.trim())), '\n');
      continue;
    }
    pre.append('at ', element('b', '', plain(line.function || '(anonymous)')), plain(` (${line.source}:${line.line}:${line.column})`), '\n');
    for (const [number, text] of line.context) {
      const source = `${String(number).padStart(6)} | ${plain(text)}\n`;
      pre.append(element('span', number === line.line ? 'at' : 'raw', source));
    }
  }
  return pre;
}

/** Colours JSON, token by token. */
function paint(pre, text) {
  const token = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|true|false|null/g;
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [all, string, colon] = match;
    pre.append(text.slice(end, match.index));
    pre.append(element('span', colon ? 'key' : string ? 'string' : 'value', string ?? all));
    if (colon) pre.append(colon);
    end = match.index + all.length;
  }
  pre.append(text.slice(end));
}
