// What every page of DataView's UI has: sign-in, roles, languages, light and dark, the keyboard, a phone,
// and that it can be used by everybody.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import axe from 'axe-core';
import { onlyIn } from './harness/browser.js';
import { address, leadsTo, ready, says, startUi, text, texts } from './dataview/page.js';
import { SESSION, TRACE, USER } from './dataview/story.js';

const ui = resolve(import.meta.dirname, '../../dataview/ui');
const { fake, open } = await startUi();

const EVERY_PAGE = ['/overview', '/overview?by=region&region=%E4%B8%8A%E6%B5%B7', '/errors', '/errors/9f0c2d3e4a5b6c7d', '/sessions', `/sessions/${SESSION}?show=all`, '/find', `/find?user=${USER}`, `/traces/${TRACE}`, '/incidents', '/incidents/12', '/rules', '/baselines', '/chain', '/subscriptions', '/access', '/audit', '/nowhere'];

test('one signs in, lands where one wanted to go, and signs out', async (t) => {
  fake.state.me = null;
  t.after(() => (fake.state.me = 'admin'));
  const page = await open(t, '/errors?last=7d', { expected: ['401'] });
  await page.type('#name', 'viewer');
  await page.type('#password', 'wrong');
  await page.keyboard.press('Enter');
  await says(page, '#sign-in-wrong', 'The name or the password is wrong.');
  await page.type('#password', 'viewer');
  await page.keyboard.press('Enter');
  await leadsTo(page, '/errors', { last: '7d' });
  await says(page, '#errors', 'TypeError');
  await page.click('#sign-out');
  await page.waitForSelector('#password');
  assert.equal(fake.asked.at(-1).path, '/logout');
});

test('a password that somebody else has set is changed before anything else', async (t) => {
  fake.state.me = null;
  t.after(() => (fake.state.me = 'admin'));
  const page = await open(t, '/errors', { expected: ['401'] });
  await page.type('#name', 'newcomer');
  await page.type('#password', 'newcomer');
  await page.keyboard.press('Enter');
  await says(page, 'h1', 'Choose a password');
  await page.type('#new-password', 'quite long and my own');
  await page.type('#again-password', 'quite long and not');
  await page.keyboard.press('Enter');
  await says(page, '#password-wrong', 'The two new ones differ.');
  await page.$eval('#again-password', (field) => (field.value = ''));
  await page.type('#again-password', 'quite long and my own');
  await page.keyboard.press('Enter');
  await says(page, '#errors', 'TypeError');
  assert.deepEqual(fake.asked.find((one) => one.path == '/password').body, { old: 'newcomer', new: 'quite long and my own' });
});

test('too many attempts are told how long to wait', async (t) => {
  fake.state.me = null;
  t.after(() => ((fake.state.me = 'admin'), fake.mend()));
  fake.fail('/login', 429, { title: 'Too many attempts', detail: 'Too many wrong passwords for this name.' }, { 'retry-after': '30' });
  const page = await open(t, '/', { expected: ['401', '429'] });
  await page.type('#name', 'admin');
  await page.type('#password', 'guess');
  await page.keyboard.press('Enter');
  await says(page, '#sign-in-wrong', 'Too many wrong passwords for this name. Try again in 30.0 s.');
});

test('a session that ended asks to sign in again, and goes on there', async (t) => {
  t.after(() => (fake.state.me = 'admin'));
  const page = await open(t, '/overview', { expected: ['401'] });
  fake.state.me = null;
  await page.click('#last-24h');
  await page.waitForSelector('#password');
  await page.type('#name', 'admin');
  await page.type('#password', 'admin');
  await page.keyboard.press('Enter');
  await says(page, '.tile', 'Availability');
  assert.equal(address(page).last, '24h');
});

test('roles see what they may, and a guessed address says why not', async (t) => {
  t.after(() => ((fake.state.me = 'admin'), fake.mend()));
  fake.state.me = 'viewer';
  const viewer = await open(t, '/overview');
  assert.deepEqual(await texts(viewer, '.menu a'), ['Overview', 'Incidents', 'Errors', 'Sessions', 'Rules', 'Baselines', 'Chain health']);
  fake.state.me = 'support';
  const support = await open(t, '/overview');
  assert.deepEqual(await texts(support, '.menu a'), ['Overview', 'Incidents', 'Errors', 'Sessions', 'Find a customer', 'Rules', 'Baselines', 'Chain health']);
  fake.fail('/audit', 403, {});
  const guessed = await open(t, '/audit', { expected: ['403'] });
  await says(guessed, '[role=alert]', 'Your role does not include this.');
});

test('both languages have the same words, and each that is used', async () => {
  const [en, zh] = await Promise.all(['en', 'zh'].map(async (name) => (await import(join(ui, `js/texts/${name}.js`))).default));
  assert.deepEqual(Object.keys(zh), Object.keys(en));
  for (const key of Object.keys(en)) {
    const places = (words) => (words.match(/\{\w+\}/g) ?? []).toSorted();
    assert.deepEqual(places(zh[key]), places(en[key]), key);
  }
  const sources = (await readdir(join(ui, 'js'), { recursive: true })).filter((name) => name.endsWith('.js') && !name.startsWith('texts'));
  for (const name of sources) {
    const source = await readFile(join(ui, 'js', name), 'utf8');
    for (const [, key] of source.matchAll(/\bt\('([^']+)'/g)) assert.ok(key in en, `${name}: no text ${key}`);
    for (const [, key] of source.matchAll(/\bempty(?:But)?\((?:[\w.]+, )?'([^']+)'/g)) assert.ok(`${key}.title` in en && `${key}.words` in en, `${name}: no text ${key}`);
  }
});

test('every page is there in Chinese, and the switch keeps the place', async (t) => {
  const page = await open(t, '/errors?last=7d');
  await page.click('#language');
  await says(page, 'h1', '错误');
  assert.equal(await page.$eval('html', (html) => html.lang), 'zh-CN');
  await leadsTo(page, '/errors', { last: '7d' });
  for (const path of EVERY_PAGE) {
    const shown = await open(t, path, { language: 'zh-CN', expected: path == '/nowhere' ? ['404'] : [] });
    const words = await shown.evaluate(() => document.body.innerText);
    assert.match(words, /[一-鿿]/, path);
    const left = words.match(/\b(?:[a-z_]+\.)+(?:title|words|menu|lead)\b/);
    assert.equal(left, null, path);
  }
});

const groundOf = (page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

test('light or dark stays as it was chosen', async (t) => {
  const page = await open(t, '/overview', { theme: 'light' });
  const light = await groundOf(page);
  await page.click('#theme');
  const dark = await groundOf(page);
  assert.notEqual(dark, light);
  await page.reload();
  await ready(page);
  assert.equal(await groundOf(page), dark);
});

test('until one is chosen, light and dark follow the system', { skip: onlyIn('chromium', 'cannot play another system') }, async (t) => {
  const page = await open(t, '/overview', { theme: 'system' });
  const light = await groundOf(page);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
  await page.waitForFunction((before) => getComputedStyle(document.documentElement).backgroundColor != before, {}, light);
  await page.click('#theme');
  assert.equal(await groundOf(page), light);
});

test('everything works from the keyboard', async (t) => {
  const page = await open(t, '/overview');
  await page.keyboard.press('g');
  await page.keyboard.press('e');
  await leadsTo(page, '/errors');
  await says(page, '#errors', 'TypeError');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'errors-filter');
  await page.keyboard.press('Escape');
  for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
  assert.match(await page.evaluate(() => document.activeElement.innerText), /^TransferRefused/);
  await page.keyboard.press('Enter');
  await leadsTo(page, '/errors/17aa3cbe55d0e921');
  await says(page, 'h1', 'TransferRefused');
  await page.keyboard.press('Escape');
  await leadsTo(page, '/errors');
  await page.keyboard.press('?');
  await says(page, 'dialog', 'Next row');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('dialog'));
  await page.keyboard.press('[');
  await page.waitForFunction(() => new URLSearchParams(location.search).has('from'));
});

test('the title has the focus on a new page, and is told', async (t) => {
  const page = await open(t, '/overview');
  await page.click('a[data-path="/chain"]');
  await says(page, 'h1', 'Health of the chain');
  await page.waitForFunction(() => document.activeElement.tagName == 'H1');
  assert.equal(await page.$eval('[role=status].unseen', (voice) => voice.textContent), 'Health of the chain');
  assert.equal(await page.title(), 'Health of the chain · DataView');
});

for (const theme of ['light', 'dark']) {
  test(`nothing on any page bars anybody, ${theme} (axe: WCAG 2.2 A and AA)`, async (t) => {
    for (const path of EVERY_PAGE) {
      const page = await open(t, path, { theme });
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
      const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
      assert.deepEqual(told, [], path);
      await page.close();
    }
  });
}

test('a phone shows everything without moving sideways, and its menu opens', async (t) => {
  for (const path of EVERY_PAGE) {
    const page = await open(t, path, { width: 375, height: 760 });
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    // Where a bar to scroll takes room, it is less than nothing.
    assert.ok(beyond <= 0, `${path} is ${beyond} px too wide`);
    await page.close();
  }
  const page = await open(t, '/overview', { width: 375, height: 760 });
  assert.equal(await page.$eval('.menu', (menu) => menu.checkVisibility()), false);
  await page.click('.opener');
  await page.click('a[data-path="/errors"]');
  await leadsTo(page, '/errors');
  await says(page, '#errors', 'TypeError');
  assert.equal(await page.$eval('.menu', (menu) => menu.checkVisibility()), false);
  assert.match(await text(page, '#errors th'), /^Error/);
});

test('uPlot is the version that the lock file names, byte for byte', async () => {
  const published = resolve(import.meta.dirname, 'node_modules/uplot');
  for (const [ours, theirs] of [['uPlot.iife.min.js', 'dist/uPlot.iife.min.js'], ['uPlot.min.css', 'dist/uPlot.min.css'], ['LICENSE', 'LICENSE']]) {
    const [one, other] = await Promise.all([readFile(join(ui, 'vendor/uplot', ours)), readFile(join(published, theirs))]);
    assert.ok(one.equals(other), `${ours} is not the published file`);
  }
});
