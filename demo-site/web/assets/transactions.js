// What only the application knows: how long a step took, that a moment has come, what it caught.

import { byId, showResult } from './dom.js';
import { get } from './http.js';
import { text } from './texts.js';

/** The tag may be blocked; the bank works without it. */
const dna = (...call) => window.dna && window.dna(...call);
const step = 'sms-login';
/** `?ms=` says how late the code arrives. */
const late = new URLSearchParams(location.search).get('ms');
let sent;

byId('send-code').addEventListener('click', async () => {
  dna('transaction', step, { channel: 'sms' });
  showResult('send-code-result', text('code-waiting'));
  const { code } = await get(`/api/sms-code${late ? `?ms=${late}` : ''}`);
  sent = code;
  // The phone, which is not part of the page in earnest.
  showResult('send-code-result', text('code-arrived', { code }), 'good');
});

byId('code-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const right = sent !== undefined && byId('sms-code').value === sent;
  if (right) dna('end', step);
  else dna('fail', step, { reason: 'wrong-code' });
  showResult('check-code-result', text(right ? 'code-right' : 'code-wrong'), right ? 'good' : 'bad');
});

byId('set-mark').addEventListener('click', () => {
  dna('mark', 'prices-shown');
  showResult('set-mark-result', text('marked'), 'good');
});

byId('report-error').addEventListener('click', () => {
  try {
    JSON.parse('{');
  } catch (error) {
    dna('error', error);
    showResult('report-error-result', text('caught'), 'bad');
  }
});
