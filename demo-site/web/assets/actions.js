// Controls that answer, one that does nothing, and one that throws.

import { byId, showResult } from './dom.js';
import { text } from './texts.js';

// The release in which somebody renamed the button: nobody listens to `dead`.

byId('error').addEventListener('click', () => {
  showResult('error-result', text('thrown'));
  throw new Error('demo-site: thrown by a click');
});

byId('good').addEventListener('click', () => showResult('good-result', text('shown'), 'good'));

// Nothing is seen of it, but it is under way for longer than anybody waits for a sign.
byId('quiet-call').addEventListener('click', () => fetch('/api/statement?ms=3000'));
