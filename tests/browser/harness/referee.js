// A site whose pages are measured twice: by DNA and by the library web-vitals, which is the referee. What both say
// is collected by the path of the page, so each test has a path of its own.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { frame, viewOf } from '../../../js-wrapper/test/frames.js';
import { until } from './process.js';

const root = resolve(import.meta.dirname, '../../..');
const FILES = {
  '/web-vitals.js': join(root, 'tests/browser/node_modules/web-vitals/dist/web-vitals.attribution.iife.js'),
  '/dna.js': join(root, 'js-wrapper/dist/dna.js'),
  '/dna-core.js': join(root, 'js-wrapper/dist/dna-core.js'),
  '/dna.wasm': join(root, 'js-wrapper/dist/dna.wasm'),
};
const TYPES = { js: 'text/javascript', wasm: 'application/wasm', svg: 'image/svg+xml', html: 'text/html; charset=utf-8' };

/** What of web-vitals' attribution DNA has under which name. */
const ATTRIBUTION = {
  FCP: { timeToFirstByte: 'time_to_first_byte', loadState: 'load_state' },
  LCP: {
    target: 'element',
    url: 'url',
    timeToFirstByte: 'time_to_first_byte',
    resourceLoadDelay: 'resource_load_delay',
    resourceLoadDuration: 'resource_load_duration',
    elementRenderDelay: 'element_render_delay',
  },
  CLS: {
    largestShiftTarget: 'element',
    largestShiftTime: 'at',
    largestShiftValue: 'largest_shift',
    loadState: 'load_state',
  },
  INP: {
    interactionTarget: 'element',
    interactionType: 'interaction_type',
    interactionTime: 'at',
    inputDelay: 'input_delay',
    processingDuration: 'processing_duration',
    presentationDelay: 'presentation_delay',
    loadState: 'load_state',
    scriptURL: 'script_url',
    scriptInvoker: 'script_invoker',
    scriptDuration: 'script_duration',
  },
  TTFB: {},
};

/** In the page: tells the server each metric as web-vitals has it, with the texts and numbers that explain it. */
const REFEREE = `
// Both take the time of a frame in a callback of their own, a moment after each other: here it stands still in them.
{
  const { requestAnimationFrame } = window;
  const now = performance.now.bind(performance);
  let frame;
  performance.now = () => frame ?? now();
  window.requestAnimationFrame = (act) =>
    requestAnimationFrame((time) => {
      frame = time;
      try {
        act(time);
      } finally {
        frame = undefined;
      }
    });
}
const { pathname } = location;
for (const name of ['FCP', 'LCP', 'CLS', 'INP', 'TTFB']) {
  webVitals['on' + name]((metric) => {
    const { longestScript, ...rest } = metric.attribution ?? {};
    const plain = Object.fromEntries(Object.entries(rest).filter(([, value]) => typeof value != 'object'));
    if (longestScript?.entry) {
      plain.scriptURL = longestScript.entry.sourceURL;
      plain.scriptInvoker = longestScript.entry.invoker;
      plain.scriptDuration = longestScript.intersectingDuration;
    }
    const { id, value, navigationType } = metric;
    const told = JSON.stringify({ name, id, value, navigationType, ...plain });
    const tell = () => navigator.sendBeacon('/referee?' + pathname, told);
    // Not within a frame that DNA measures too, unless it is the last chance.
    document.visibilityState == 'hidden' ? tell() : setTimeout(tell);
  }, { reportSoftNavs: true });
}`;

const document = (head, body) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>vitals</title>
<script src="/web-vitals.js"></script><script>${REFEREE}</script>
<script src="/dna.js" data-key="referee" data-endpoint="/v1/beacon"></script>
${head}</head><body>${body}</body></html>`;

/** The site with these pages: a path's last part is the page's name. */
export async function startSite(pages, files = {}) {
  const referee = new Map();
  const beacons = [];
  const asked = new Set();
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url, 'http://site');
    const answer = (status, type, body) => response.writeHead(status, { 'content-type': type, 'cache-control': 'no-cache' }).end(body);
    if (request.method == 'POST') {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      if (pathname == '/v1/beacon') beacons.push({ bytes });
      else add(referee, search.slice(1), JSON.parse(bytes));
      return answer(202, 'application/json', '{}');
    }
    if (FILES[pathname]) return answer(200, TYPES[pathname.split('.').pop()], await readFile(FILES[pathname]));
    asked.add(pathname);
    const name = pathname.split('/').pop();
    if (files[name]) return answer(200, TYPES[name.split('.').pop()], files[name]);
    const page = pages[name];
    return page ? answer(200, TYPES.html, document(page.head ?? '', page.body)) : answer(404, TYPES.html, 'none');
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${server.address().port}`;
  const dnas = async (path) => {
    const found = [];
    for (const beacon of beacons) {
      const read = await frame(beacon);
      for (const event of read.events) {
        const view = viewOf(read, event);
        // The page and the routes below it.
        const ofPage = view['url.full'] == url + path || view['url.full'].startsWith(`${url}${path}/`);
        if (ofPage) found.push({ ...event, view: view['view.id'] });
      }
    }
    return found;
  };
  const site = {
    url,
    /** The browser has asked for the page. */
    asked: (path) => until(`a request of ${path}`, () => asked.has(path), Boolean),
    /** DNA's core is there: it has told the page view. */
    measured: (path) => until(`the page view of ${path}`, () => dnas(path), (all) => all.some(({ kind }) => kind == 'page_view')),
    vitals: async (path) => ({
      referee: final(referee.get(path) ?? [], 'id'),
      dna: final((await dnas(path)).filter(({ kind, name }) => kind == 'web_vital' && name != 'FP'), 'view'),
    }),
    /** Both have told so many values of each of these vitals, and they are the same. */
    agrees: (path, counts) => agrees(site, path, counts),
    stop: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
  };
  return site;
}

const add = (map, key, value) => map.set(key, [...(map.get(key) ?? []), value]);

/** The last value of each vital of each view, in the order of the views. */
function final(told, view) {
  const last = new Map();
  for (const vital of told) last.set(`${vital.name} ${vital[view]}`, vital);
  const byName = new Map();
  for (const vital of last.values()) add(byName, vital.name, vital);
  return Object.fromEntries(byName);
}

async function agrees(site, path, counts) {
  const names = Object.keys(counts);
  const enough = ({ referee, dna }) => names.every((name) => [referee, dna].every((side) => side[name]?.length >= counts[name]));
  const told = await until(`both sides of ${path}`, () => site.vitals(path), enough);
  const { referee, dna } = told;
  const shown = JSON.stringify(told, null, 1);
  for (const name of Object.keys(ATTRIBUTION)) {
    assert.equal(dna[name]?.length ?? 0, referee[name]?.length ?? 0, `${name}: how many\n${shown}`);
    assert.equal(dna[name]?.length ?? 0, counts[name] ?? 0, `${name}: as many as expected\n${shown}`);
    referee[name]?.forEach((metric, at) => same(name, metric, dna[name][at], shown));
  }
  return told;
}

/** CLS and its shifts to 0.0001, times to a millisecond, everything else as it is. */
function same(name, metric, vital, shown) {
  close(`${name}`, vital.value, metric.value, name == 'CLS' ? 0.0001 : 1, shown);
  for (const [theirs, ours] of Object.entries(ATTRIBUTION[name])) {
    const [actual, expected] = [vital[ours], metric[theirs]];
    const what = `${name} ${ours}`;
    // web-vitals looks at the longest event alone, which in Chromium 156 has no target when it is a pointer's.
    if (theirs == 'interactionTarget' && expected === undefined) continue;
    if (typeof expected == 'number') close(what, actual, expected, ours == 'largest_shift' ? 0.0001 : 1, shown);
    else assert.equal(actual ?? '', expected ?? '', `${what}\n${shown}`);
  }
}

function close(what, actual, expected, tolerance, shown) {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not ${expected}\n${shown}`);
}
