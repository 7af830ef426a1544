// The examples for React and Vue, built and used: their routes, what a component throws, and the user arrive.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { launch, onlyIn } from './harness/browser.js';
import { startBuilt } from './harness/pages.js';
import { until } from './harness/process.js';
import { APP, eventsOf, PSEUDONYM_KEY, startIngest } from './harness/servers.js';

const examples = resolve(import.meta.dirname, '../../examples');
const run = promisify(execFile);

/** What is theirs, routes and errors of components, knows no browsers. */
const skip = onlyIn('chromium', 'what is built is the same');

let ingest, browser, folder;
before(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), 'dna-examples-'));
  ingest = await startIngest();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await ingest?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Builds an example for the tests' ingest, and serves it. */
async function built(name) {
  const outDir = join(folder, name);
  const env = { ...process.env, VITE_DNA_ENDPOINT: ingest.url };
  await run(join(examples, 'node_modules/.bin/vite'), ['build', '--outDir', outDir], { cwd: join(examples, name), env });
  return startBuilt(outDir);
}

const clicks = (page, selector, words) =>
  page.waitForSelector(`${selector}::-p-text(${words})`).then((element) => element.click());

for (const name of ['react', 'vue']) {
  test(`${name}: names of routes, the error of a component and the user arrive`, { skip }, async () => {
    const site = await built(name);
    const page = await browser.newPage();
    const user = `canary-${name}`;
    await page.goto(site.url);
    await (await page.waitForSelector('input[name=user]')).type(user);
    await clicks(page, 'button', 'Sign in');
    await clicks(page, 'a', 'Account 1001');
    await clicks(page, 'button', 'Show statement');
    await page.goto('about:blank');

    const read = async () => eventsOf(await ingest.entries()).filter(({ frame }) => frame['url.full'].startsWith(site.url));
    const named = (events) => events.map(({ body }) => body['route.name']).filter(Boolean);
    const has = (events, kind) => events.some((event) => event.kind === kind);
    const events = await until('all of it', read, (all) => named(all).length >= 3 && has(all, 'exception') && has(all, 'identity'));

    assert.deepEqual(named(events).slice(0, 3), ['sign-in', 'accounts', 'account']);
    const account = events.find(({ body }) => body['route.name'] === 'account');
    assert.equal(new URL(account.frame['url.full']).pathname, '/accounts/1001');

    const [exception, ...others] = events.filter(({ kind }) => kind === 'exception');
    assert.equal(others.length, 0, 'told once');
    assert.equal(exception.body['exception.type'], 'TypeError');
    assert.match(exception.body['exception.message'], /length/);
    assert.match(exception.body['exception.stacktrace'], /assets\/index-.*\.js:\d+:\d+/);
    assert.equal(exception.frame['view.id'], account.frame['view.id'], 'of the route that showed it');

    const identity = events.find(({ kind }) => kind === 'identity');
    assert.equal(identity.body['user.tier'], 'vip');
    const hash = createHmac('sha256', Buffer.from(PSEUDONYM_KEY, 'hex')).update(`${APP}\0${user}`).digest('hex');
    assert.equal(identity.body['user.hash'], hash);
    await page.close();
    await site.stop();
  });
}
