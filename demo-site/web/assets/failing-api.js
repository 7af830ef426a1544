// A service that answers 500, and one that does not answer at all.

import { byId, showResult } from './dom.js';
import { text } from './texts.js';

/** Calls and tells how it went. Both failures are handled: the call is the fault, not the page. */
async function call(id, address) {
  const result = `${id}-result`;
  showResult(result, text('calling'));
  try {
    const answer = await fetch(address);
    showResult(result, text('answered', { status: answer.status }), answer.ok ? 'good' : 'bad');
  } catch {
    showResult(result, text('unreachable'), 'bad');
  }
}

const failing = byId('call-failing-api');
failing.addEventListener('click', () => call(failing.id, '/api/fails'));

// The bank keeps a port of its machine closed, so that the connection is always refused.
const unreachable = byId('call-unreachable-api');
const closed = `${location.protocol}//${location.hostname}:${unreachable.dataset.port}`;
unreachable.addEventListener('click', () => call(unreachable.id, `${closed}/api/gold-price`));
