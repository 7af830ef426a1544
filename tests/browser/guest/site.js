// A bare site of one page: which scripts it has, and in which order, stands in its address.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const sdk = process.env.DNA_SDK_DIST ?? resolve(import.meta.dirname, '../../../js-wrapper/dist');
const here = (name) => join(import.meta.dirname, name);

/** The tags that a page may ask for; other names are files of this folder. */
const TAG = '<script src="/sdk/dna.js" data-key="guest" data-endpoint="/v1/beacon"></script>';
const TAGS = { dna: TAG, traced: TAG.replace('></', ' data-trace-origins="self"></') };

/** What browsers must be told of a file. */
const TYPES = { js: 'text/javascript', wasm: 'application/wasm' };

/** Starts the site; `beacons` has the bodies that arrived. */
export async function startSite() {
  const peers = await bundled(['sentry', 'datadog']);
  const beacons = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://site');
    const answer = (status, type, body) => response.writeHead(status, { 'content-type': type }).end(body);
    const body = await bytesOf(request);
    if (pathname === '/page') return answer(200, 'text/html', page(searchParams.get('scripts'), request.headers.host));
    if (pathname === '/v1/beacon') return beacons.push(body) && answer(202, 'application/json', '{}');
    if (pathname === '/api/fails') return answer(500, 'text/plain', 'no');
    if (pathname.startsWith('/api/')) return answer(200, 'application/json', '{"ok":true}');
    const [, folder, name] = pathname.split('/');
    const path = folder === 'sdk' ? join(sdk, name) : here(name ?? '');
    const content = peers[name] ?? (await readFile(path).catch(() => undefined));
    return content ? answer(200, TYPES[name.split('.').at(-1)], content) : answer(404, 'text/plain', '');
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${server.address().port}`;
  const stop = () => (server.closeAllConnections(), new Promise((closed) => server.close(closed)));
  return { beacons, page: (...scripts) => `${url}/page?scripts=${scripts}`, stop };
}

function page(scripts, host) {
  const tags = scripts.split(',').filter(Boolean).map((name) => {
    const tag = TAGS[name] ?? `<script src="/peers/${name}.js"></script>`;
    return tag.replace('="/v1', `="http://${host}/v1`);
  });
  return `<!doctype html><link rel="icon" href="data:,"><title>guest</title>${tags.join('')}<p>text</p>`;
}

async function bundled(names) {
  const { outputFiles } = await build({
    entryPoints: names.map((name) => here(`${name}.peer.js`)),
    outdir: here(''),
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'error',
  });
  return Object.fromEntries(names.map((name, at) => [`${name}.js`, outputFiles[at].contents]));
}

async function bytesOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}
