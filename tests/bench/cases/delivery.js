// Whether an error arrives when the visit ends badly. Each case is told by what happens after
// the page has loaded and settled; the error's text is a marker that the intake looks for.

import { setTimeout as sleep } from 'node:timers/promises';
import { beginRun } from '../run.js';

/** Until the SDK has started: ours waits for `load` and then gets its core. */
const START_MS = 2000;
/** After the page is gone: what it sent last is on the loopback by then. */
const GRACE_MS = 3000;
/** For an SDK that tries again: longer than its second attempt takes. */
const RETRY_MS = 10_000;
const REFUSED_MS = 2000;
const BURST = 200;
const LATE_MS = 500;

/** Resolves when the error has come, or when the time is up. */
async function arrival(run, limitMs, text = run.marker()) {
  for (let waited = 0; waited < limitMs && !run.intake.has(text); waited += 50) await sleep(50);
}

async function openPage(run, options) {
  const page = await run.context.newPage();
  await page.goto(run.address(options), { waitUntil: 'load' });
  await sleep(START_MS);
  return page;
}

async function leave(run, page, limitMs = GRACE_MS) {
  await page.goto(run.elsewhere).catch(() => {});
  await arrival(run, limitMs);
}

async function navigateAway(run) {
  const page = await openPage(run);
  await page.evaluate((text, to) => void bench.failAndLeave(text, to), run.marker(), run.elsewhere);
  await arrival(run, GRACE_MS);
}

async function closeSoon(run) {
  const page = await openPage(run);
  await page.evaluate((text) => void bench.fail(text), run.marker());
  await sleep(30);
  await page.close({ runBeforeUnload: false });
  await arrival(run, GRACE_MS);
}

async function burst(run, then) {
  const page = await openPage(run);
  const texts = Array.from({ length: BURST }, (_, number) => run.marker(number));
  await page.evaluate((all, to) => void bench.burstAndLeave(all, to), texts, then);
  // Only what is still missing is looked for: the other turns need this processor.
  let missing = texts;
  for (let waited = 0; waited < GRACE_MS + START_MS && missing.length > 0; waited += 250) {
    await sleep(250);
    missing = missing.filter((text) => !run.intake.has(text));
  }
  return 1 - missing.length / BURST;
}

async function refused(run) {
  const page = await openPage(run);
  const until = Date.now() + REFUSED_MS;
  run.intake.answerWith(() => (Date.now() < until ? 503 : 200));
  await page.evaluate((text) => void bench.fail(text), run.marker());
  await sleep(REFUSED_MS);
  await arrival(run, RETRY_MS);
  await leave(run, page);
}

/** Both the browser knows that it is offline, and nothing gets through: not from a page that is gone. */
async function offline(run, page) {
  run.intake.answerWith('cut');
  await page.setOfflineMode(true);
  return async () => {
    run.intake.answerWith(200);
    if (!page.isClosed()) await page.setOfflineMode(false);
  };
}

async function offlineAndBack(run) {
  const page = await openPage(run);
  const online = await offline(run, page);
  await page.evaluate((text) => void bench.fail(text), run.marker());
  await sleep(1000);
  await online();
  await arrival(run, RETRY_MS);
  await leave(run, page);
}

async function offlineAndClosed(run) {
  // Keeps the browser context alive, as a browser outlives its tabs.
  await run.context.newPage();
  const page = await openPage(run);
  const online = await offline(run, page);
  await page.evaluate((text) => void bench.fail(text), run.marker());
  await sleep(1000);
  await page.close({ runBeforeUnload: false });
  await sleep(500);
  await online();
  const again = await openPage(run);
  await arrival(run, RETRY_MS / 2);
  await leave(run, again);
}

async function early(run, loader) {
  const page = await openPage(run, { early: run.marker(), delay: LATE_MS, loader });
  await arrival(run, GRACE_MS);
  await leave(run, page);
}

const STORIES = [
  ['navigate', 'navigates away in the task of the error', navigateAway],
  ['close', 'tab closed 30 ms after the error', closeSoon],
  ['burst', `${BURST} errors, then leaves the site`, (run) => burst(run, run.elsewhere)],
  ['burst_next', `${BURST} errors, then a next page with the SDK`, (run) => burst(run, run.address())],
  ['refused', 'intake answers 503 for 2 s', refused],
  ['offline', 'offline, then online', offlineAndBack],
  ['offline_closed', 'offline, tab closed, opened again online', offlineAndClosed],
  ['early_async', `error before the script, late by ${LATE_MS} ms, async snippet`, (run) => early(run, 'async')],
  ['early_tag', `the same, blocking tag`, (run) => early(run, 'tag')],
];

/** One case a story. */
export const DELIVERY = STORIES.map(([name, title, act]) => ({
  name,
  title,
  delivery: true,
  turns: 20,
  gapMs: 250,
  together: 28,
  applies: (peer) => peer.full,
  measure: async (bench, peer) => {
    const run = await beginRun(bench, peer);
    try {
      // A story without a number of its own is of one error.
      const share = await act(run);
      return { share: share ?? Number(run.intake.has(run.marker())) };
    } finally {
      await run.end();
    }
  },
  figures: [{ key: `delivered_${name}`, from: 'share', title }],
}));
