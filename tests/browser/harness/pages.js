// Pages of a test's own, with the SDK beside them and whatever headers the test wants.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { until } from './process.js';
import { sdkFolder } from './servers.js';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/**
 * Serves `pages`, `{ '/path': { body, headers } }`, and the SDK below `/sdk/`; `altered(name,
 * bytes)` may change a file of the SDK on its way. Paths say by their ending what they are.
 */
export async function startPages(pages, altered = (name, bytes) => bytes) {
  const asked = [];
  const answer = async (path) => {
    if (pages[path]) return pages[path];
    const name = path.replace(/^\/sdk\//, '');
    if (!/^[\w.-]+$/.test(name)) throw new Error(`no page ${path}`);
    return { body: altered(name, await readFile(join(sdkFolder, name))) };
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    asked.push(pathname);
    answer(pathname).then(
      ({ body, headers }) => {
        response.writeHead(200, { 'content-type': TYPES[extname(pathname)] ?? TYPES['.html'], ...headers });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** The paths that were asked for. */
    asked,
    stop: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  };
}

/** A page with the tag first in its head. */
export const withTag = (ingestUrl, { attributes = '', head = '', body = '' } = {}) =>
  `<!doctype html><head><meta charset="utf-8">
<script src="/sdk/dna.js" data-key="demo-bank" data-endpoint="${ingestUrl}/v1/beacon" ${attributes}></script>
${head}</head><body><h1>A page</h1>${body}</body>`;

/** Serves a folder as a bundler has built it: what is no file is a route of the one page. */
export async function startBuilt(folder) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const name = extname(pathname) ? pathname : '/index.html';
    readFile(join(folder, name)).then(
      (body) => response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  };
}

/** Makes a page say `window.up` when the core is there, which it does not say by a beacon of its own. */
export const WHEN_UP = '<script>dna("plugin", { start() { window.up = true; } })</script>';

/** Resolves when the core is there. */
export const up = (page) => page.waitForFunction(() => window.up);

let visitors = 0;

/**
 * Makes a page tell now what it would tell within 5 seconds: another visitor signs in, who is told at once, with all
 * that waits. What is told is one event more, of the kind identity.
 */
export const hurry = (page) => page.evaluate((user) => dna('setUser', user), `visitor-${++visitors}`);

/** `until` for what the core of a page tells: it tells so as soon as it knows. */
export const hurried = (page) => (what, ask, ...rest) =>
  until(what, async () => {
    await hurry(page);
    return ask();
  }, ...rest);

/** Resolves when the core has told something, and the answer has come: so it is there. */
export async function answered(page) {
  await hurry(page);
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/v1/beacon')));
}

/** What the browser keeps of ours. */
export const kept = (page) => page.evaluate(() => Object.keys(localStorage).sort());
