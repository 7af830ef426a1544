// Two mistakes on purpose. They are a few calls deep, as real ones are.

import { byId, showResult } from './dom.js';
import { text } from './texts.js';

function readRate(rates, currency) {
  if (!(currency in rates)) throw new Error('demo-site: thrown by a button');
  return rates[currency];
}

function calculateExchange(amount) {
  return amount * readRate({}, 'USD');
}

async function lookUpHours() {
  throw new Error('demo-site: rejected and not handled');
}

byId('throw-error').addEventListener('click', () => {
  showResult('throw-error-result', text('thrown'));
  calculateExchange(100);
});

byId('reject-promise').addEventListener('click', () => {
  showResult('reject-promise-result', text('rejected'));
  lookUpHours();
});
