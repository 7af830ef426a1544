// The transfer form: checked here for a quick answer, and by the API for a sure one.

import { byId, element, icon, showFieldError, showResult } from './dom.js';
import { Refusal, get, post } from './http.js';
import { label, money, text } from './texts.js';

const AMOUNT_MINOR_MAX = 5_000_000;
const from = byId('from');
const payee = byId('payee');
const payeeAccount = byId('payee-account');
const amount = byId('amount');

/** Field of the API to the input and the text that explains what is allowed. */
const FIELDS = {
  from: [from, 'from-wrong'],
  payee: [payee, 'payee-wrong'],
  payeeAccount: [payeeAccount, 'account-wrong'],
  amountMinor: [amount, 'amount-wrong'],
};
let balances = new Map();

async function showSources() {
  const { accounts } = await get('/api/accounts');
  const usable = accounts.filter((one) => one.currency === 'CNY' && one.balanceMinor > 0);
  balances = new Map(usable.map((one) => [one.id, one.balanceMinor]));
  from.replaceChildren(...usable.map((one) =>
    element('option', { value: one.id },
      text('source', { name: label(one.name), digits: one.lastDigits, balance: money(one.balanceMinor) }))));
}

/** `1,234.5` as hundredths, or NaN; through text, because 1.15 * 100 is not 115. */
function minor(typed) {
  const parts = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(typed.replaceAll(',', '').trim());
  return parts ? Number(parts[1] + (parts[2] ?? '').padEnd(2, '0')) : NaN;
}

function order() {
  return {
    from: from.value,
    payee: payee.value.trim(),
    payeeAccount: payeeAccount.value.replace(/\s/g, ''),
    amountMinor: minor(amount.value),
  };
}

/** What is wrong with an order, as field to text key. */
function check({ from: source, payee: name, payeeAccount: number, amountMinor }) {
  const wrong = {};
  if (!source) wrong.from = 'from-wrong';
  if (!name) wrong.payee = 'payee-wrong';
  if (!/^\d{8,24}$/.test(number)) wrong.payeeAccount = 'account-wrong';
  if (!(amountMinor > 0 && amountMinor <= AMOUNT_MINOR_MAX)) wrong.amountMinor = 'amount-wrong';
  else if (amountMinor > balances.get(source)) wrong.amountMinor = 'amount-too-much';
  return wrong;
}

function showWrong(wrong) {
  for (const [field, [input]] of Object.entries(FIELDS)) {
    showFieldError(input, wrong[field] ? text(wrong[field]) : '');
  }
  const first = Object.keys(FIELDS).find((field) => wrong[field]);
  if (first) FIELDS[first][0].focus();
  return Boolean(first);
}

function showDone({ payee: name, amountMinor }, reference) {
  const words = element('span', {},
    element('strong', {}, text('transfer-done', { amount: money(amountMinor), payee: name })),
    element('small', { id: 'transfer-reference' }, text('transfer-reference', { reference })));
  showResult('transfer-result', [icon('check'), words], 'good');
}

function showRefusal(error) {
  const fields = error instanceof Refusal ? (error.body?.fields ?? {}) : {};
  const wrong = Object.keys(fields).map((field) => [field, FIELDS[field][1]]);
  if (!showWrong(Object.fromEntries(wrong))) {
    showResult('transfer-result', text('transfer-failed'), 'bad');
  }
}

async function transfer(event) {
  event.preventDefault();
  showResult('transfer-result', '');
  // Whoever is quicker than the list of accounts waits for it.
  await sources;
  const wanted = order();
  if (showWrong(check(wanted))) return;
  byId('transfer-submit').disabled = true;
  try {
    const { reference } = await post('/api/transfer', wanted);
    // Neither the amount nor the account: what happened is enough.
    window.dna && window.dna('event', 'transfer-done', { currency: 'CNY' });
    event.target.reset();
    showDone(wanted, reference);
  } catch (error) {
    showRefusal(error);
  } finally {
    byId('transfer-submit').disabled = false;
  }
}

const sources = showSources().catch(() => {
  showResult('transfer-result', text('accounts-failed'), 'bad');
});
byId('transfer-form').addEventListener('submit', transfer);
