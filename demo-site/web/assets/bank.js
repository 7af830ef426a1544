// What every page does: say who is signed in, to the customer and to DNA, and offer the way out.

import { byId } from './dom.js';
import { post } from './http.js';
import { customer, identify, signedOut } from './session.js';
import { chinese, text } from './texts.js';

function showCustomer(known) {
  byId('customer-name').textContent = chinese ? known.displayNameZh : known.displayName;
  byId('customer-tier').textContent = text('vip');
  byId('customer-tier').hidden = known.tier !== 'vip';
  byId('customer').hidden = false;
  byId('sign-out').hidden = false;
}

async function signOut() {
  // Signed out here whatever the server says: the state is only here.
  await post('/api/sign-out').catch(() => {});
  signedOut();
  location.assign('/');
}

const known = customer();
if (known) {
  identify(known);
  showCustomer(known);
} else {
  byId('go-sign-in').hidden = false;
}
byId('sign-out').addEventListener('click', signOut);

// A menu that stays open after a click elsewhere or Escape is in the way.
const menu = byId('faults');
document.addEventListener('click', (event) => {
  if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !menu.open) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});
