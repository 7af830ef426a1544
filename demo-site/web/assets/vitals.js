// What makes a page feel slow: a late picture, text that jumps, a button that answers late.

import { byId, showResult } from './dom.js';
import { text } from './texts.js';

const LATE_MS = 1000;
const BUSY_MS = 300;

const place = byId('picture');
setTimeout(() => {
  const picture = new Image(900, 600);
  picture.id = 'late-picture';
  picture.alt = place.dataset.label;
  picture.src = '/assets/harbour.svg';
  picture.style.maxWidth = '100%';
  place.append(picture);
}, LATE_MS);

// Within half a second of a click a jump is the visitor's own doing.
byId('show-notice').addEventListener('click', () => {
  setTimeout(() => {
    const notice = byId('notice');
    notice.hidden = false;
    notice.style.cssText = 'font-size: 2rem; padding: 2rem 0';
  }, LATE_MS);
});

byId('calculate').addEventListener('click', ({ target }) => {
  const end = performance.now() + BUSY_MS;
  while (performance.now() < end);
  showResult(`${target.id}-result`, text('vitals.done'), 'good');
});
