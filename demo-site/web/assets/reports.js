// What browsers themselves have to say against a page.

import { byId, showResult } from './dom.js';
import { text } from './texts.js';

byId('violate').addEventListener('click', () => {
  const image = new Image();
  image.onerror = () => showResult('violate-result', text('forbidden'), 'bad');
  image.src = 'https://pictures.example/offer.png?customer=4711';
});

byId('use-deprecated').addEventListener('click', () => {
  const request = new XMLHttpRequest();
  // Synchronous: the page stands still meanwhile.
  request.open('GET', '/api/accounts', false);
  request.send();
  showResult('use-deprecated-result', text('answered', { status: request.status }), 'bad');
});
