// Debian's Chromium, headless, with the flags of the browser tests.

import puppeteer from 'puppeteer-core';

const executablePath = process.env.DNA_CHROMIUM ?? '/usr/bin/chromium';

/** A browser whose profile is gone when it is closed. */
export function launch() {
  return puppeteer.launch({
    executablePath,
    headless: true,
    defaultViewport: { width: 1280, height: 800 },
    args: [
      // It runs as root in containers, where Chromium's sandbox cannot.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** The page's counters by name; times are CPU time of the main thread, in seconds. */
export async function counters(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/**
 * Stops the browser from telling of every request, error and console line over the protocol, as
 * it does for a debugger: no visitor's browser does, and it costs as much as what is measured.
 * Going to pages and evaluating work all the same. The driver has no public way to its session.
 */
export async function undebugged(page) {
  for (const domain of ['Runtime', 'Log', 'Network']) await page._client().send(`${domain}.disable`);
}

/** A session of the DevTools protocol whose counters are CPU time, not time on the wall. */
export async function countedSession(page) {
  const session = await page.createCDPSession();
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}
