// What the tests of a file share, ended after them.

import { after } from 'node:test';

const parts = [];

/** Ends `part`, a server or a browser, when all tests of the file are over: the last one first. Gives it back. */
export function ends(part) {
  parts.unshift(part);
  return part;
}

after(async () => {
  for (const part of parts) await (part.stop ?? part.close).call(part);
});
