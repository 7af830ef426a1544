// What a visit sends: load, three routes, five calls of which one fails, two errors, a
// rejection, three clicks, and away.

import { setTimeout as sleep } from 'node:timers/promises';
import { beginRun } from '../run.js';

const STEP_MS = 300;
const START_MS = 1500;
/** Until everything that is sent after the page is left has come. */
const GRACE_MS = 2500;

export const journey = {
  name: 'journey',
  title: 'Journey: what one visit sends',
  turns: 5,
  gapMs: 700,
  together: 8,
  applies: ({ name }) => name !== 'none',
  measure: async (bench, peer) => {
    const run = await beginRun(bench, peer);
    try {
      await visitOnce(run);
      const told = [1, 2, 3].filter((number) => run.intake.has(run.marker(number))).length;
      return { ...sent(run.intake.requests), told };
    } finally {
      await run.end();
    }
  },
  figures: [
    { key: 'journey_requests', from: 'requests', title: 'requests' },
    { key: 'journey_preflights', from: 'preflights', title: 'preflights' },
    { key: 'journey_body_bytes', from: 'bodies', title: 'bytes of bodies' },
    { key: 'journey_header_bytes', from: 'headers', title: 'bytes of headers' },
    { key: 'journey_bytes', from: 'bytes', title: 'bytes together' },
    { key: 'journey_errors_told', from: 'told', title: 'of 3 errors arrived' },
  ],
};

/** The whole visit of a run, until all that it sends has come. */
export async function visitOnce(run) {
  const page = await run.context.newPage();
  await page.goto(run.address(), { waitUntil: 'load' });
  await sleep(START_MS);
  await visit(page, run);
  await page.goto(run.elsewhere);
  await sleep(GRACE_MS);
}

async function visit(page, run) {
  const routes = [['#pay', '/pay'], ['#save', '/save'], ['#help', '/help']];
  for (const [button, route] of routes) {
    await page.click(button);
    await page.evaluate((to) => history.pushState({}, '', to), route);
    await page.evaluate(() => bench.call('/api/ok'));
    await sleep(STEP_MS);
  }
  await page.evaluate(() => bench.call('/api/ok'));
  await page.evaluate(() => bench.call('/api/fail'));
  for (const number of [1, 2]) {
    await page.evaluate((text) => void bench.fail(text), run.marker(number));
    await sleep(STEP_MS);
  }
  await page.evaluate((text) => bench.reject(text), run.marker(3));
  await sleep(STEP_MS);
}

function sent(requests) {
  const preflights = requests.filter(({ method }) => method === 'OPTIONS');
  const sum = (key) => requests.reduce((total, request) => total + request[key], 0);
  const [headers, bodies] = [sum('headerBytes'), sum('bodyBytes')];
  return {
    requests: requests.length - preflights.length,
    preflights: preflights.length,
    bodies,
    headers,
    bytes: headers + bodies,
  };
}
