// Asks the visitor, as a bank's consent tool does, and shows what the browser keeps of DNA's.

import { byId, showResult } from './dom.js';
import { text } from './texts.js';

for (const state of ['granted', 'denied', 'pending']) {
  byId(`consent-${state}`).addEventListener('click', () => {
    window.dna?.('consent', state);
    window.dna?.('event', `consent-${state}`);
    showResult('consent-result', text(state), state === 'granted' ? 'good' : '');
  });
}

/** The names of what is stored, looked at again and again: nothing tells when it changes. */
function show() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith('dna.'));
  byId('stored').textContent = names.sort().join(', ') || '–';
}
show();
setInterval(show, 200);
