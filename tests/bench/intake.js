// A stand-in for every vendor's intake: takes what comes, remembers it by run, and can be told
// to refuse it or to be unreachable.

import { createServer } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { unpacked } from '../../js-wrapper/test/packed.js';

/** Bytes of a body that are read. No peer sends more than 64 KiB at a time. */
const BODY_MAX = 4 << 20;

const DECODERS = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync };

export async function startIntake() {
  const runs = new Map();
  const server = createServer((request, response) => {
    // /in/RUN/whatever the peer appends
    const run = runs.get(request.url.split('/')[2]);
    if (!run || run.answer() === 'cut') return request.socket.destroy();
    receive(run, request, response).catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 1000;
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    begin: (id) => begin(runs, origin, id),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A run's share of the intake: where its page sends to, and what came. */
function begin(runs, origin, id) {
  const run = { requests: [], answer: () => 200 };
  runs.set(id, run);
  return {
    url: `${origin}/in/${id}`,
    requests: run.requests,
    /** How the intake answers from now on: a status, or 'cut' for no answer at all. */
    answerWith: (answer) => {
      run.answer = typeof answer === 'function' ? answer : () => answer;
    },
    /** Whether anything that was accepted contains `text`. */
    has: (text) => run.requests.some((request) => request.accepted && request.text.includes(text)),
    end: () => runs.delete(id),
  };
}

async function receive(run, request, response) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_MAX) throw new Error('too large');
    chunks.push(chunk);
  }
  const status = run.answer();
  if (status === 'cut') return request.socket.destroy();
  const body = Buffer.concat(chunks);
  run.requests.push({
    method: request.method,
    accepted: status < 300,
    headerBytes: headerBytes(request),
    bodyBytes: body.length,
    text: textOf(body, request.headers['content-encoding']),
  });
  response.writeHead(request.method === 'OPTIONS' ? 204 : status, {
    'access-control-allow-origin': request.headers.origin ?? '*',
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-max-age': '600',
    'content-type': 'application/json',
  });
  response.end(request.method === 'OPTIONS' ? '' : '{}');
}

/** The request's line and headers as HTTP/1.1 writes them. */
function headerBytes({ method, url, rawHeaders }) {
  const separators = 4 * (rawHeaders.length / 2);
  const line = `${method} ${url} HTTP/1.1\r\n\r\n`.length;
  return line + separators + rawHeaders.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
}

/**
 * A body's text, decompressed, ours unpacked. Markers are ASCII letters, so one character a byte finds them in
 * CBOR, JSON and forms alike.
 */
function textOf(body, encoding) {
  const sniffed = encoding ?? (body[0] === 0x1f && body[1] === 0x8b ? 'gzip' : undefined);
  const decode = DECODERS[sniffed];
  return unpacked(decode ? decode(body) : body).toString('latin1');
}
