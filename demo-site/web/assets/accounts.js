// The overview: total, accounts, recent payments and what they add up to.

import { byId, element, icon, showResult } from './dom.js';
import { get } from './http.js';
import { customer } from './session.js';
import { chinese, day, label, money, text } from './texts.js';

const KIND_ICONS = { current: 'wallet', savings: 'safe', foreign: 'globe', credit: 'card' };
const DAY_MS = 24 * 60 * 60 * 1000;

function greet() {
  const known = customer();
  const name = known ? (chinese ? known.displayNameZh : known.displayName) : text('guest');
  const hour = new Date().getHours();
  const part = hour < 12 ? 'morning' : hour < 18 ? 'afternoon' : 'evening';
  byId('hello').textContent = text(`hello-${part}`, { name });
}

function showAccounts(accounts) {
  const inYuan = accounts.filter((one) => one.currency === 'CNY' && one.balanceMinor > 0);
  byId('total').textContent = money(inYuan.reduce((sum, one) => sum + one.balanceMinor, 0));
  const rows = accounts.map((one) =>
    element('li', { class: 'account', 'data-test': `account-${one.id}` },
      element('span', { class: `badge ${one.kind}` }, icon(KIND_ICONS[one.kind])),
      element('span', { class: 'grow' },
        element('strong', {}, label(one.name)),
        element('small', {}, `${text('mask', { digits: one.lastDigits })} · ${label(one.note)}`)),
      element('span', { class: 'figure' }, money(one.balanceMinor, one.currency))));
  byId('accounts').replaceChildren(...rows);
  byId('accounts').removeAttribute('aria-busy');
}

function dayTitle(iso) {
  const today = new Date().toISOString().slice(0, 10);
  const yesterday = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
  if (iso === today) return text('today');
  return iso === yesterday ? text('yesterday') : day(iso);
}

function paymentRow(payment) {
  const incoming = payment.amountMinor > 0;
  return element('li', { class: 'payment' },
    element('span', { class: `badge ${incoming ? 'in' : ''}` }, icon(payment.category)),
    element('span', { class: 'grow' }, label(payment.label)),
    element('span', { class: `figure ${incoming ? 'in' : ''}` },
      money(payment.amountMinor, 'CNY', 'exceptZero')));
}

function showPayments(payments) {
  const days = new Map();
  for (const payment of payments) {
    days.set(payment.date, [...(days.get(payment.date) ?? []), payment]);
  }
  const groups = [...days].flatMap(([date, ofDay]) => [
    element('h3', {}, dayTitle(date)),
    element('ul', {}, ...ofDay.map(paymentRow)),
  ]);
  byId('payments').replaceChildren(...groups);
  byId('payments').removeAttribute('aria-busy');
}

function showFlows(payments) {
  const sum = (wanted) =>
    payments.map((one) => one.amountMinor).filter(wanted).reduce((a, b) => a + b, 0);
  const flows = { in: sum((amount) => amount > 0), out: -sum((amount) => amount < 0) };
  const widest = Math.max(flows.in, flows.out, 1);
  for (const [name, amount] of Object.entries(flows)) {
    byId(`money-${name}`).textContent = money(amount);
    byId(`bar-${name}`).style.setProperty('--share', `${(100 * amount) / widest}%`);
  }
}

greet();
try {
  const { accounts, payments } = await get('/api/accounts');
  showAccounts(accounts);
  showPayments(payments);
  showFlows(payments);
} catch {
  showResult('accounts-result', text('accounts-failed'), 'bad');
}
