// Debian's Chromium, headless, driven over the DevTools protocol.

import puppeteer from 'puppeteer-core';

const executablePath = process.env.DNA_CHROMIUM ?? '/usr/bin/chromium';

/** A browser whose profile is gone when it is closed. Of the driver's own switches `without` are left out. */
export function launch({ without = [] } = {}) {
  return puppeteer.launch({
    executablePath,
    headless: true,
    ignoreDefaultArgs: without,
    defaultViewport: { width: 1280, height: 800 },
    args: [
      // Tests run as root in containers, where Chromium's sandbox cannot.
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
