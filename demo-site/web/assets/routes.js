// A page that draws its routes itself, as single-page applications do.

import { byId, showResult } from './dom.js';

const open = byId('open-order');
open.addEventListener('click', () => {
  history.pushState({ order: 4711 }, '', '/routes/orders/4711?from=list');
  window.dna && window.dna('route', 'order');
  show();
});

/** Shows the route that the address has. */
function show() {
  showResult(`${open.id}-result`, location.pathname + location.hash, 'good');
}
addEventListener('popstate', show);
