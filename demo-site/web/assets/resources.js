// Pictures that come, that come late and that do not come.

import { byId, showResult } from './dom.js';
import { text } from './texts.js';

/** Each load is one of its own: the number keeps the browser from giving what it has. */
let loads = 0;

/** Loads a picture that nobody sees, and gives back whether it came. */
function picture(address) {
  const image = new Image();
  image.src = `${address}${address.includes('?') ? '&' : '?'}load=${++loads}`;
  return new Promise((done) => {
    image.onload = () => done(true);
    image.onerror = () => done(false);
  });
}

function loadsOn(id, addresses) {
  byId(id).addEventListener('click', async () => {
    showResult(`${id}-result`, text('pictures-asked'));
    const came = await Promise.all(addresses.map(picture));
    const count = came.filter(Boolean).length;
    const kind = count === came.length ? 'good' : 'bad';
    showResult(`${id}-result`, text('pictures-came', { count, all: came.length }), kind);
  });
}

loadsOn('load-many', Array(12).fill('/assets/logo.svg'));
loadsOn('load-slow', ['/api/slow-picture?customer=4711']);
loadsOn('load-missing', ['/images/nowhere.jpg']);
