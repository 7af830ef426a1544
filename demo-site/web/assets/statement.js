// The slow statement. `?ms=` of the page's address sets how slow the archive is.

import { byId, element } from './dom.js';
import { get } from './http.js';
import { day, label, money, month, text } from './texts.js';

const place = byId('statement');

function show(state, ...content) {
  place.dataset.state = state;
  place.setAttribute('aria-busy', String(state === 'loading'));
  place.replaceChildren(...content);
}

function summary(statement) {
  const figures = ['opening', 'in', 'out', 'closing'].map((name) =>
    element('div', { class: name },
      element('dt', {}, text(name)),
      element('dd', {}, money(statement[`${name}Minor`]))));
  return element('dl', { class: 'summary' }, ...figures);
}

function table(lines) {
  const titles = ['date', 'description', 'amount', 'balance'];
  const head = titles.map((name) => element('th', { scope: 'col', class: name }, text(name)));
  const rows = lines.map((line) =>
    element('tr', {},
      element('td', { class: 'date' }, day(line.date, 'short')),
      element('td', { class: 'description' }, label(line.label)),
      element('td', { class: `amount ${line.amountMinor > 0 ? 'in' : ''}` },
        money(line.amountMinor, 'CNY', 'exceptZero')),
      element('td', { class: 'balance' }, money(line.balanceMinor))));
  return element('table', {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows));
}

async function load(event) {
  event.preventDefault();
  const query = new URLSearchParams({ back: byId('month').value });
  const ms = new URLSearchParams(location.search).get('ms');
  if (ms !== null) query.set('ms', ms);

  const started = performance.now();
  byId('load-statement').disabled = true;
  show('loading', element('div', { class: 'blank' },
    element('span', { class: 'spinner' }), element('p', {}, text('loading'))));
  try {
    const statement = await get(`/api/statement?${query}`);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    show('ready',
      element('div', { class: 'statement-head' },
        element('h2', {}, month(statement.month)),
        element('p', { id: 'statement-took' }, text('statement-took', { seconds }))),
      summary(statement),
      table(statement.lines));
  } catch {
    show('failed', element('p', { class: 'result bad' }, text('statement-failed')));
  } finally {
    byId('load-statement').disabled = false;
  }
}

byId('statement-form').addEventListener('submit', load);
