// What the tests of the UI share: the double of the API, a browser, and pages that tell of every error.

import assert from 'node:assert/strict';
import { ends } from '../harness/ends.js';
import { launch } from '../harness/browser.js';
import { startFake } from './fake.js';

/** The double and a browser for a file of tests. */
export async function startUi(options) {
  const fake = ends(await startFake(options));
  const browser = ends(await launch());
  return {
    fake,
    /** Opens `path` in a profile of its own; what the page complains of fails the test when it is closed. */
    open: (t, path, how) => open(t, browser, fake, path, how),
  };
}

async function open(t, browser, fake, path, { theme = 'light', language = 'en', width = 1280, height = 800, expected = [] } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
  page.on('console', (message) => message.type() == 'error' && complaints.push(message.text()));
  await page.setViewport({ width, height });
  await page.evaluateOnNewDocument(
    (kept) => {
      for (const [name, value] of Object.entries(kept)) if (!localStorage.getItem(name)) localStorage.setItem(name, value);
      // What the policy refuses is an error of ours.
      document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.sourceFile}:${event.lineNumber}`));
    },
    { 'dataview.theme': theme, 'dataview.language': language },
  );
  t.after(async () => {
    await context.close();
    const wrong = complaints.filter((text) => !expected.some((one) => text.includes(one)));
    assert.deepEqual(wrong, [], 'the page complained');
  });
  await page.goto(fake.url + path);
  await ready(page);
  return page;
}

/** Resolves when the page has loaded what its address asks for. */
export const ready = (page) => page.waitForFunction(() => !document.querySelector('.skeleton, main[aria-busy]') && document.querySelector('h1'));

/** The text of the first element that `selector` finds, as one reads it. */
export const text = (page, selector) => page.$eval(selector, (element) => element.innerText.replace(/\s+/g, ' ').trim());

/** The texts of all. */
export const texts = (page, selector) => page.$$eval(selector, (all) => all.map((element) => element.innerText.replace(/\s+/g, ' ').trim()));

/** Waits until `selector` is there and says `wanted`. */
export const says = (page, selector, wanted) =>
  page.waitForFunction((where, what) => [...document.querySelectorAll(where)].some((element) => element.innerText.includes(what)), {}, selector, wanted);

/** The address's path and parameters. */
export function address(page) {
  const { pathname, searchParams } = new URL(page.url());
  return { path: pathname, ...Object.fromEntries(searchParams) };
}

/** Waits until the address has these parameters. */
export const leadsTo = (page, path, parameters = {}) =>
  page.waitForFunction(
    (wanted, all) => location.pathname == wanted && Object.entries(all).every(([name, value]) => new URLSearchParams(location.search).get(name) == value),
    {},
    path,
    parameters,
  );
