// Debian's Chromium, headless, driven over the DevTools protocol; or its Firefox, over WebDriver BiDi.

import puppeteer from 'puppeteer-core';

/** The browser that the tests run in: `DNA_BROWSER`, chromium or firefox. */
export const browserName = process.env.DNA_BROWSER ?? 'chromium';

/** Why a test of what only Chromium has is not run; false in Chromium. */
export const onlyIn = (name, why) => browserName != name && `${browserName}: ${why}`;

/** A browser whose profile is gone when it is closed. Of the driver's own switches `without` are left out. */
export function launch({ without = [] } = {}) {
  const common = { headless: true, ignoreDefaultArgs: without, defaultViewport: { width: 1280, height: 800 } };
  if (browserName == 'firefox') {
    return puppeteer.launch({ ...common, browser: 'firefox', executablePath: process.env.DNA_FIREFOX ?? '/usr/bin/firefox-esr' });
  }
  return puppeteer.launch({
    ...common,
    executablePath: process.env.DNA_CHROMIUM ?? '/usr/bin/chromium',
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
