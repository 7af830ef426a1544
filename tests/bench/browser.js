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

/** A session of the DevTools protocol whose counters are CPU time, not time on the wall. */
export async function countedSession(page) {
  const session = await page.createCDPSession();
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}
