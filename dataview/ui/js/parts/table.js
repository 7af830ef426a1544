// Tables: sorted by a click on a column's head, walked with j and k, opened by a click or Enter.

import { note, params } from '../address.js';
import { h } from '../dom.js';
import { t } from '../words.js';

/**
 * A table. `columns` are `{ key, head, cell(row), value(row), kind, priority, hint }`: `value` is what is
 * sorted by, where it can be; `kind` is `number` where figures stand below each other; of `priority` 2 and
 * 3 the columns go where there is little room. `open(row)` is the address that a row leads to, or null;
 * `act(row)` is done instead, where rows are chosen. `chosen(row)` marks some.
 */
export function table({ caption, columns, rows, open, act, chosen, sortable = true, id }) {
  const asked = (sortable && params().get('sort')) || '';
  const body = h('tbody');
  const heads = columns.map((column) => head(column, sortable && column.value, (key) => sort(key)));
  let order = asked;

  function sort(key) {
    order = order == `-${key}` ? key : `-${key}`;
    note({ sort: order });
    fill();
  }

  function fill() {
    const key = order.replace(/^-/, '');
    const column = columns.find((one) => one.key == key && one.value);
    const sorted = column ? rows.toSorted(by(column.value, order.startsWith('-'))) : rows;
    body.replaceChildren(...sorted.map((row) => line(row, columns, { open, act, chosen })));
    for (const [at, cell] of heads.entries()) {
      const sorts = column && columns[at].key == key;
      if (sorts) cell.setAttribute('aria-sort', order.startsWith('-') ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    }
  }

  fill();
  return h('.table', h('table', { id }, h('caption.unseen', caption), h('thead', h('tr', heads)), body));
}

const classes = ({ kind, priority }) => [kind, priority && `priority-${priority}`].filter(Boolean).join(' ');

function head(column, sortable, sort) {
  const text = sortable ? h('button', { type: 'button', onclick: () => sort(column.key) }, column.head) : column.head;
  return h('th', { scope: 'col', class: classes(column), title: column.hint }, text);
}

/** What is not known comes last, whichever way it is sorted. */
function by(value, down) {
  return (one, other) => {
    const [a, b] = [value(one), value(other)];
    const missing = (a === null || a === undefined) - (b === null || b === undefined);
    if (missing) return missing;
    const order = typeof a == 'string' ? a.localeCompare(b) : a - b;
    return down ? -order : order;
  };
}

function line(row, columns, { open, act, chosen }) {
  const address = open?.(row);
  const marked = Boolean(chosen?.(row));
  const cells = columns.map((column, at) => {
    const content = column.cell(row);
    return at > 0 ? h('td', { class: classes(column) }, content) : h('th', { scope: 'row', class: classes(column) }, opener(content, row, address, act, marked));
  });
  const element = h('tr', { class: [(address || act) && 'opens', marked && 'chosen'].filter(Boolean).join(' ') }, cells);
  if (address || act) element.addEventListener('click', (event) => clickThrough(event, element));
  return element;
}

function opener(content, row, address, act, marked) {
  if (address) return h('a', { href: address, 'data-open': true }, content);
  if (act) return h('button.as-link', { type: 'button', 'data-open': true, 'aria-pressed': String(marked), onclick: () => act(row) }, content);
  return content;
}

/** A click anywhere in a row is one on its link, unless it was on something else or selected a text. */
function clickThrough(event, element) {
  if (event.target.closest('a, button, summary') || String(getSelection())) return;
  element.querySelector('[data-open]').click();
}

/** A figure with a bar behind it, as long as its share of the greatest. */
export const barred = (text, value, greatest) =>
  h('span.barred', { style: { '--share': greatest > 0 ? value / greatest : 0 } }, text);

/** Below a list that goes on: asks for the next part and adds it. */
export function more(next, load) {
  if (!next) return null;
  const button = h('button', { type: 'button', 'data-more': true }, t('more'));
  const holder = h('.more', button);
  button.addEventListener('click', async () => {
    button.disabled = true;
    await load(next, holder);
    button.disabled = false;
  });
  return holder;
}
