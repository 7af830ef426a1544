// What ties a page to its services: the trace that a call carries, and the causes of an error.

import { byId, showResult } from './dom.js';
import { text } from './texts.js';

byId('call-traced').addEventListener('click', async () => {
  const result = 'call-traced-result';
  showResult(result, text('calling'));
  const answer = await fetch('/api/trace', { method: 'POST', body: 'branch=12' });
  const { traceparent } = await answer.json();
  if (traceparent) showResult(result, text('traced', { trace: traceparent }), 'good');
  else showResult(result, text('untraced'), 'bad');
});

/** Fails as a service does that another one lets down. */
function readLimit() {
  try {
    throw new TypeError('demo-site: the answer has no limit in it');
  } catch (cause) {
    throw new Error('demo-site: the credit limit is not known', { cause });
  }
}

byId('throw-caused').addEventListener('click', () => {
  showResult('throw-caused-result', text('thrown'));
  readLimit();
});
