// A page that lets nobody change what is its own, as hardened ones do.

'use strict';
for (const value of [Object, Array, Function, Promise, XMLHttpRequest, History, EventTarget, Event, URL, WeakMap]) {
  Object.freeze(value.prototype);
}
Object.freeze(console);
Object.defineProperty(window, 'fetch', { value: window.fetch, writable: false, configurable: false });
