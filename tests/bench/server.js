// The bank's own server: the pages, the peers' files, and an API to call.

import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { html } from './page.js';

const LEFT = '<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,"><p>Another site.';

/** Serves pages that carry one of `peers`, each with its `files`. */
export async function startServer(peers) {
  const pages = new Map();
  const files = new Map(peers.flatMap((peer) => peer.files.map((file) => [file.name, file])));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const send = (status, type, body, headers = {}) => {
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(body);
    };
    if (pathname === '/left') return send(200, 'text/html', LEFT);
    if (pathname === '/api/ok') return send(200, 'application/json', '{"ok":true}');
    if (pathname === '/api/fail') return send(500, 'application/json', '{"ok":false}');
    if (pathname.startsWith('/sdk/')) {
      const file = files.get(pathname.slice('/sdk/'.length));
      if (!file) return send(404, 'text/plain', 'no such file');
      const answer = () => send(200, file.type, file.brotli, { 'content-encoding': 'br', 'cache-control': 'max-age=600' });
      // Ours loads its other files beside the first and from its page: they are as late.
      return sleep(delayOf(request, searchParams, pages)).then(answer);
    }
    const page = pages.get(pathname);
    if (page) return send(200, 'text/html; charset=utf-8', html(page));
    send(404, 'text/plain', 'no such page');
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    elsewhere: `${origin}/left`,
    /**
     * Puts up a page and gives back its address, which has no query and is short: peers send
     * addresses, and what the benchmark needs must not make their beacons longer.
     */
    put: (id, page) => {
      pages.set(`/${id}`, page);
      return `${origin}/${id}`;
    },
    remove: (id) => pages.delete(`/${id}`),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** By how much a file is late: the tag says so, or the page on which what asks for it stands. */
function delayOf({ headers }, searchParams, pages) {
  const referrer = new URL(headers.referer ?? 'http://none/');
  const said = searchParams.get('delay') ?? referrer.searchParams.get('delay') ?? pages.get(referrer.pathname)?.delay;
  return Number(said ?? 0);
}
