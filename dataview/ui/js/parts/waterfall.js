// The rows of a trace below each other, each with its bar on one scale of time.

import { h } from '../dom.js';
import { duration } from '../format.js';
import { named, t } from '../words.js';
import { attributes } from './tiles.js';

const COLOURS = { action: 'green', view: 'green', call: 'teal', hop: 'blue', sql: 'amber' };
/** Colours of services, in the order in which they come up; then from the first again. */
const SERVICES = ['violet', 'pink', 'olive', 'slate'];

/** The colour of each row: a service has its own, the other kinds one each. */
function painter(rows) {
  const services = [...new Set(rows.filter(({ kind }) => kind == 'span').map(({ service }) => service))];
  return ({ kind, service }) => `var(--${kind == 'span' ? SERVICES[services.indexOf(service) % SERVICES.length] : (COLOURS[kind] ?? 'grey')})`;
}

/** How many rows are drawn at first. */
const FIRST = 300;
/** How many parts the bar of shares has; what is smaller is one part together. */
const PARTS = 6;

/** The time that each part took itself: its bar without what lies below it. */
export function shares(rows) {
  const colourOf = painter(rows);
  const total = selfTimes(rows);
  const all = [...total.values()].reduce((sum, { us }) => sum + us, 0);
  if (all == 0) return null;
  const sorted = [...total].toSorted((one, other) => other[1].us - one[1].us);
  const shown = sorted.slice(0, PARTS);
  const rest = sorted.slice(PARTS).reduce((sum, [, { us }]) => sum + us, 0);
  if (rest > 0) shown.push([t('trace.others'), { us: rest, row: {} }]);
  return h(
    '.shares',
    h('h2', t('trace.where')),
    h('.share-bar', { 'aria-hidden': 'true' }, shown.map(([, { us, row }]) => h('i', { style: { '--share': us / all, '--colour': colourOf(row) } }))),
    h('ul.share-list', shown.map(([who, { us, row }]) => h('li', h('i', { style: { '--colour': colourOf(row) } }), h('b', who), ` ${duration(us / 1000)} `, h('span.muted', percent(us / all))))),
  );
}

/** Whole per cents; what is little is not nothing. */
const percent = (part) => (part < 0.005 ? '< 1 %' : `${Math.round(part * 100)} %`);

/** By who did it: µs that no row below accounts for. */
function selfTimes(rows) {
  const total = new Map();
  for (const [at, row] of rows.entries()) {
    const children = [];
    for (let next = at + 1; next < rows.length && rows[next].depth > row.depth; next++) {
      if (rows[next].depth == row.depth + 1) children.push(rows[next]);
    }
    const self = row.duration_us - covered(row, children);
    const who = row.kind == 'sql' ? ['SQL', row.service].filter(Boolean).join(' · ') : row.kind == 'span' ? row.service : named(`step.${row.kind}`, row.kind);
    const before = total.get(who)?.us ?? 0;
    if (self > 0) total.set(who, { us: before + self, row });
  }
  return total;
}

/** How much of `row` lies under `children`, which may overlap. */
function covered(row, children) {
  const [from, to] = [row.start_us, row.start_us + row.duration_us];
  let [sum, end] = [0, from];
  for (const child of children.toSorted((one, other) => one.start_us - other.start_us)) {
    const start = Math.max(child.start_us, end);
    const stop = Math.min(child.start_us + child.duration_us, to);
    if (stop > start) sum += stop - start;
    end = Math.max(end, stop);
  }
  return sum;
}

/** The waterfall: `gaps` stand where something is missing, with the reason. */
export function waterfall(rows, gaps, { start, end }) {
  const span = Math.max(1, end - start);
  const colourOf = painter(rows);
  const list = h('ol.waterfall', { id: 'waterfall', style: { '--depth': Math.min(12, Math.max(...rows.map((row) => row.depth))) } }, ruler(span));
  const kinds = new Set(rows.map((row) => row.kind));
  const left = [...gaps];
  /** Puts the gaps that `fits` picks here. */
  const tell = (fits, depth) => {
    for (const gap of left.filter(fits)) {
      left.splice(left.indexOf(gap), 1);
      list.append(gapLine(gap, depth));
    }
  };
  // What is missing before the first row.
  tell((gap) => !kinds.has(before(gap)), 0);
  let drawn = 0;
  const addUpTo = (count) => {
    for (const row of rows.slice(drawn, count)) {
      list.append(line(row, colourOf(row), { start, span }));
      // Which span a gap between spans is behind is not said: it stands at the end.
      if (row.kind != 'span') tell((gap) => before(gap) == row.kind, row.depth + 1);
    }
    drawn = Math.min(rows.length, count);
    if (drawn == rows.length) tell(() => true, 0);
  };
  addUpTo(FIRST);
  const button = h('button', { type: 'button' }, t('trace.more', { count: rows.length - drawn }));
  button.addEventListener('click', () => {
    addUpTo(rows.length);
    button.remove();
  });
  return h('div', list, drawn < rows.length && h('.more', button));
}

/** The kind of row that a gap comes behind: `call and hop` is behind the call. */
const before = ({ between }) => (between ?? '').split(/ and |,/)[0].trim();

/** Why, in the reader's language; what was dropped meanwhile may have been it. */
function gapWhy({ code, values, dropped }) {
  const why = t(`gap.why.${code}`, { who: t('gap.the_service'), ...values });
  const list = Object.entries(dropped).map(([reason, many]) => `${named(`dropped.${reason}`, reason)} (${many})`);
  return list.length == 0 ? why : `${why} ${t('gap.dropped', { list: list.join(', ') })}`;
}

const gapLine = (gap, depth) =>
  h('li.gap', h('.fall-name', { style: { '--indent': Math.min(12, depth) } }, h('b', t(`gap.${gap.between}`))), h('span.gap-why', gapWhy(gap)));

function ruler(span) {
  const step = nice(span / 5);
  const marks = [];
  for (let at = 0; at <= span; at += step) marks.push(h('span', { style: { '--at': at / span } }, duration(at / 1000)));
  return h('li.ruler', { 'aria-hidden': 'true' }, h('span'), h('.track', marks));
}

/** 1, 2 or 5 times a power of ten: not less than `value`. */
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((times) => times * power >= value) * power;
}

function line(row, colour, { start, span }) {
  const details = h('.event-details', { hidden: true });
  const opener = h('button.as-link', { type: 'button', 'data-open': true, 'aria-expanded': 'false' }, row.name);
  opener.addEventListener('click', () => {
    if (details.childElementCount == 0) details.append(...about(row));
    details.hidden = !details.hidden;
    opener.setAttribute('aria-expanded', String(!details.hidden));
  });
  const at = (row.start_us - start) / span;
  const wide = row.duration_us / span;
  const bar = h('i.bar', { style: { '--at': at, '--share': wide, '--colour': colour } });
  const took = h('span.took', { class: wide > 0.2 ? 'inside' : at + wide > 0.8 ? 'before' : '', style: { '--at': at, '--share': wide } }, duration(row.duration_us / 1000));
  const element = h(
    '.fall',
    h('.fall-name', { style: { '--indent': Math.min(12, row.depth) } }, h('span.step', { style: { '--colour': colour } }, named(`step.${row.kind}`, row.kind)), h('span.fall-words', opener, row.service && h('span.muted', row.service))),
    h('.track', bar, took),
  );
  element.addEventListener('click', (click) => {
    if (!click.target.closest('a, button') && !String(getSelection())) opener.click();
  });
  return h('li', { class: row.ok === false ? 'failed' : '' }, element, (row.notes ?? []).length > 0 && h('p.notes', { style: { '--indent': Math.min(12, row.depth) } }, row.notes.map(({ code, values }) => t(`note.${code}`, values)).join(' · ')), details);
}

/** What is known of a row: SQL and addresses in full. */
function about(row) {
  const all = Object.entries(row.attributes ?? {});
  return [all.length == 0 ? h('p.muted', t('trace.no_attributes')) : attributes(all)];
}
