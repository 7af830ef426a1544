// A page that writes to the console what it does not throw.

import { byId, showResult } from './dom.js';
import { text } from './texts.js';

byId('write-error').addEventListener('click', () => {
  console.error('demo-site: rates are', 7, 'minutes old', new RangeError('too old'));
  showResult('write-error-result', text('written'), 'bad');
});
