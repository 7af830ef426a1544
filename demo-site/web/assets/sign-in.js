// The sign-in form.

import { byId, showFieldError, showResult } from './dom.js';
import { Refusal, post } from './http.js';
import { signedIn } from './session.js';
import { text } from './texts.js';

const userId = byId('user-id');
const password = byId('password');

function complete() {
  showFieldError(userId, userId.value.trim() ? '' : text('user-missing'));
  showFieldError(password, password.value ? '' : text('password-missing'));
  const missing = [userId, password].find((input) => input.hasAttribute('aria-invalid'));
  missing?.focus();
  return !missing;
}

async function signIn(event) {
  event.preventDefault();
  showResult('sign-in-result', '');
  if (!complete()) return;
  byId('sign-in').disabled = true;
  try {
    const id = userId.value.trim();
    const welcome = await post('/api/sign-in', { userId: id, password: password.value });
    signedIn({ userId: id, ...welcome });
    location.assign('/accounts');
  } catch (error) {
    const refused = error instanceof Refusal && error.status < 500;
    showResult('sign-in-result', text(refused ? 'refused' : 'sign-in-failed'), 'bad');
    password.select();
  } finally {
    byId('sign-in').disabled = false;
  }
}

byId('sign-in-form').addEventListener('submit', signIn);
