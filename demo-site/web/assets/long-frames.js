// Work that keeps the page from answering.

import { byId, showResult } from './dom.js';
import { text } from './texts.js';

/** How long the page is busy: long enough to be felt, too short to be left. */
const BUSY_MS = 300;

function calculateInterest() {
  const end = performance.now() + BUSY_MS;
  while (performance.now() < end);
}

/** Asks for the layout after each change of it, so the browser cannot do it once for all. */
function measureEachRow() {
  const end = performance.now() + BUSY_MS;
  const place = byId('force-layout-result');
  for (let width = 0; performance.now() < end; width++) {
    place.style.paddingLeft = `${width % 40}px`;
    void place.offsetHeight;
  }
  place.style.paddingLeft = '';
}

for (const [id, work] of [['block', calculateInterest], ['force-layout', measureEachRow]]) {
  byId(id).addEventListener('click', function answer() {
    work();
    showResult(`${id}-result`, text('was-busy', { ms: BUSY_MS }), 'bad');
  });
}
