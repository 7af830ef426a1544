// A page of older times, which puts its own where the browser had something.

Array.prototype.first = function () { return this[0]; };
Object.prototype.extended = true;
Function.prototype.later = function () {};
window.fetch = function () { return { then: 'no function' }; };
XMLHttpRequest.prototype.send = function () { throw new RangeError('the page does not send'); };
