// The Web Vitals that DNA tells are those of web-vitals on the same page load, value by value.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { browserName, launch, onlyIn } from './harness/browser.js';
import { ends } from './harness/ends.js';
import { hurry } from './harness/pages.js';
import { startSite } from './harness/referee.js';

/** A drawing that is the largest paint: of images with few bytes for their size browsers think as of backgrounds. */
const DRAWING = `<!-- ${'x'.repeat(9000)} --><svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><rect width="900" height="600" fill="#247"/><circle cx="300" cy="300" r="200" fill="#fa0"/><path d="M0 0L900 600M900 0L0 600" stroke="#fff" stroke-width="9"/></svg>`;

/** Occupies the page as a script that computes does. */
const BUSY = `
function busy(ms) { const end = performance.now() + ms; while (performance.now() < end); }
function compute() { busy(150); document.querySelector('#answer').textContent = 'done'; }
document.querySelector('#pay').addEventListener('click', compute);
document.querySelector('#amount').addEventListener('keydown', () => busy(70));`;

const IMAGE = `<img class="hero wide" src="drawing.svg" width="900" height="600" alt="">`;
const show = (html) => `document.querySelector('#place').innerHTML = ${JSON.stringify(html)}`;

/** A button that shows something else under another address. */
const navigating = (address) => `<h1>Bank</h1><button id="go">Accounts</button><main id="place"></main><script>
  document.querySelector('#go').onclick = () => {
    history.pushState(0, '', '${address}');
    ${show('<h2>Accounts</h2><p style="font-size:60px">All your accounts at a glance, and more of them to come.</p>')};
  }</script>`;

const PAGES = {
  plain: { body: '<main class="b a"><h1>Harbour Bank</h1><p>Everyday banking.</p></main>' },
  'late-image': { body: `<h1>Bank</h1><p id="place"></p><script>addEventListener('load', () => { ${show(IMAGE)} })</script>` },
  'after-input': {
    body: `<h1>Bank</h1><button id="more">More</button><div class="place" id="place"></div>
      <script>document.querySelector('#more').onclick = () => { ${show(IMAGE)} }</script>`,
  },
  shifts: {
    body: `<div id="place"></div><button id="open">Open</button><p class="text">moves</p><script>
      document.querySelector('#open').onclick = () => { document.querySelector('#place').style.height = '500px'; };
      addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(() => {
        document.querySelector('#place').style.height = '200px';
      })))</script>`,
  },
  slow: { body: '<h1>Bank</h1><button id="pay">Pay</button><input id="amount"><p id="answer"></p><script src="busy.js"></script>' },
  other: { body: '<h1>Elsewhere</h1>' },
  framed: { body: '<h1>Outside</h1><iframe src="../inner/plain" width="600" height="400"></iframe>' },
  speculating: {
    head: '<script type="speculationrules">{"prerender":[{"urls":["plain"],"eagerness":"immediate"}]}</script>',
    body: '<a id="go" href="plain">Go</a>',
  },
  soft: { body: navigating('?accounts') },
  routed: { body: navigating('routed/accounts') },
};

let site, browser;
before(async () => {
  site = ends(await startSite(PAGES, { 'drawing.svg': DRAWING, 'busy.js': BUSY }));
  browser = ends(await launch({ without: ['--disable-back-forward-cache'] }));
});

/** Opens a page in a tab of its own; returns when it has painted and DNA measures there. */
async function open(path) {
  const page = await browser.newPage();
  await page.goto(site.url + path);
  await begun(page, path);
  return page;
}

/** The page, or frame, has painted, and DNA measures there. */
async function begun(page, path) {
  await hurry(page);
  await site.measured(path);
  await measured(page, 'largest-contentful-paint');
}

/** Firefox tells of no layout shifts, so there is no CLS. */
const counted = ({ CLS, ...others }) => (browserName == 'firefox' ? others : { CLS, ...others });

/** Leaves the page; what both have to say by then must agree. */
async function leave(page, path, counts) {
  await page.goto('about:blank');
  const told = await site.agrees(path, counted(counts));
  await page.close();
  return told;
}

/** Two frames have begun, and the page had a quiet moment: web-vitals looks at inputs only then. */
const presented = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(done)))));

/** The browser has told of an entry of a type that the condition, a source text, takes. */
async function measured(page, type, condition = 'true') {
  const entry = (type, condition) =>
    new Promise((done) => {
      const takes = new Function('entry', `return ${condition}`);
      const observer = new PerformanceObserver((list) => list.getEntries().some(takes) && done());
      observer.observe({ type, buffered: true, durationThreshold: 16 });
    });
  await page.evaluate(entry, type, condition);
  await presented(page);
}

/** A page that never gets there fails its own test alone. */
const LIMIT = { timeout: 45_000 };

const LOADED = { FCP: 1, LCP: 1, CLS: 1, TTFB: 1 };

test('a plain page', LIMIT, async () => {
  const path = '/1/plain';
  await leave(await open(path), path, LOADED);
});

test('the largest paint is an image that comes late', LIMIT, async () => {
  const path = '/2/late-image';
  const page = await open(path);
  await measured(page, 'largest-contentful-paint', 'entry.url');
  await leave(page, path, LOADED);
});

test('what is painted after an input is none', LIMIT, async () => {
  const path = '/3/after-input';
  const page = await open(path);
  await page.click('#more');
  await page.waitForFunction(() => document.querySelector('img')?.complete);
  await measured(page, 'first-input');
  await leave(page, path, { ...LOADED, INP: 1 });
});

test('shifts count unless the visitor made them', { ...LIMIT, skip: onlyIn('chromium', 'no layout-shift') }, async () => {
  const path = '/4/shifts';
  const page = await open(path);
  await measured(page, 'layout-shift', '!entry.hadRecentInput');
  await page.click('#open');
  await measured(page, 'layout-shift', 'entry.hadRecentInput');
  await measured(page, 'first-input');
  await leave(page, path, { ...LOADED, INP: 1 });
});

test('the slowest interaction, and the script that made it slow', LIMIT, async () => {
  const path = '/5/slow';
  const page = await open(path);
  await page.type('#amount', '1');
  // Too quick to be told of, on most machines.
  await presented(page);
  await page.click('#pay');
  await measured(page, 'event', 'entry.duration > 140 && entry.name == "click"');
  if (browserName == 'chromium') await measured(page, 'long-animation-frame', 'entry.duration > 140');
  const { dna } = await leave(page, path, { ...LOADED, INP: 1 });
  assert.equal(dna.INP[0].element, '#pay');
});

test('a page that comes back from the back/forward cache is another view', { ...LIMIT, skip: onlyIn('chromium', 'its driver loses a page that comes back') }, async () => {
  const path = '/6/plain';
  const page = await open(path);
  await page.goto(`${site.url}/6/other`);
  await page.goBack();
  await presented(page);
  await leave(page, path, { FCP: 2, LCP: 2, CLS: 2, TTFB: 2 });
});

test('a page that was made in advance counts from when it is shown', { ...LIMIT, skip: onlyIn('chromium', 'no speculation rules') }, async () => {
  const path = '/7/plain';
  const page = await browser.newPage();
  await page.goto(`${site.url}/7/speculating`);
  await site.asked(path);
  await page.click('#go');
  await site.measured(path);
  // The page took the place of the one that the driver knows.
  const shown = (await browser.pages()).find((page) => page.url() == site.url + path);
  const { referee } = await leave(shown, path, LOADED);
  assert.equal(referee.FCP[0].navigationType, 'prerender');
});

test('a page in a frame, and the page around it', LIMIT, async () => {
  const path = '/8/framed';
  const page = await open(path);
  await begun(page.frames()[1], '/inner/plain');
  await leave(page, path, LOADED);
  await site.agrees('/inner/plain', counted(LOADED));
});

test('a page opened in the background has no paints', { ...LIMIT, skip: onlyIn('chromium', 'its driver cannot open one') }, async () => {
  const path = '/9/plain';
  const front = await browser.newPage();
  const session = await browser.target().createCDPSession();
  const { targetId } = await session.send('Target.createTarget', { url: site.url + path, background: true });
  await site.measured(path);
  await session.send('Target.closeTarget', { targetId });
  await front.close();
  await site.agrees(path, { TTFB: 1 });
});

/** What both count where soft navigations are the finished ones; elsewhere neither has a second view. */
const softly = async (page) => {
  const finished = await page.evaluate(() => 'getLargestInteractionContentfulPaint' in (window.PerformanceSoftNavigation?.prototype ?? {}));
  return finished ? { FCP: 2, LCP: 2, CLS: 2, TTFB: 2, INP: 1 } : { ...LOADED, INP: 1 };
};

for (const [number, name, what] of [['10', 'soft', 'of the query alone'], ['11', 'routed', 'of the path']]) {
  test(`a change of content and address, ${what}, is another view to both where the browser knows it`, LIMIT, async () => {
    const path = `/${number}/${name}`;
    const page = await open(path);
    const counts = await softly(page);
    await page.click('#go');
    await measured(page, 'first-input');
    if (counts.FCP > 1) await measured(page, 'soft-navigation');
    const { dna } = await leave(page, path, counts);
    assert.deepEqual(dna.INP.map(({ view }) => view), [dna.FCP[0].view], 'the click was one of the page before');
  });
}
