// Incidents and rules: seen, acknowledged, talked about, silenced; rules tried and made.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leadsTo, says, startUi, text, texts } from './dataview/page.js';

const { fake, open } = await startUi();

const asked = (path) => fake.asked.filter((one) => one.path == path && one.method != 'GET');

test('incidents are listed, by state, and lead to their page', async (t) => {
  const page = await open(t, '/incidents?app=demo-bank');
  assert.equal((await page.$$('#incidents tbody tr')).length, 2);
  await page.select('#state', 'resolved');
  await leadsTo(page, '/incidents', { state: 'resolved' });
  await page.waitForFunction(() => document.querySelectorAll('#incidents tbody tr').length == 1);
  await says(page, '#incidents', 'over');
  await page.click('#incidents tbody [data-open]');
  await leadsTo(page, '/incidents/11');
});

test('an incident tells what was found, what was expected, what happened and who was told', async (t) => {
  const page = await open(t, '/incidents/12');
  const rows = await texts(page, '#parts tbody tr');
  assert.match(rows[0], /^transfer-calls region = Guangdong <b> availability\.calls 0\.913 < 0\.98 – /);
  assert.match(rows[1], /2210 > 840 310 – 840 fairly sure/);
  assert.match(await text(page, '#causes tbody tr'), /^operator = China Unicom 97\.00% 12 \/ 9,100 310 \/ 420 4 \/ 2,900 91\.00%$/);
  await says(page, '.panel', 'Not by: browser (all alike)');
  assert.match(await text(page, '#lines li'), /Opened: availability\.calls 0\.94 < 0\.98/);
  assert.match(await text(page, '#deliveries tbody tr'), /^duty open waits it answered 503 3/);
});

test('an incident tells whom it hit, and leads to their sessions and to incidents like it', async (t) => {
  t.after(() => fake.mend());
  const page = await open(t, '/incidents/12', { expected: ['503'] });
  await page.waitForSelector('#vips');
  assert.match(await text(page, '#hit'), /^Customers hit at least 227 of 3,812 who were there$/);
  assert.match(await text(page, '#hit-vips'), /9$/);
  assert.match(await text(page, '#vips tbody tr'), /^VIP ?b7e23ec2… .* 3 1 5e3f0a91…$/);
  await says(page, '#customers', '7 more VIP customers');
  assert.match(await text(page, '#similar tbody tr'), /operator = China Unicom the rule .* 15 min support$/);
  const links = await page.$$eval('#customers a', (all) => all.map((one) => one.getAttribute('href')));
  assert.match(links[0], /^\/sessions\?app=demo-bank&from=\d+&to=\d+&troubled=true$/);
  await page.click('#vips tbody [data-open]');
  await leadsTo(page, '/sessions', { app: 'demo-bank', user: 'b7e23ec29af22b0b4e41da31e868d57226121c84f30d5c4a19cf17fa9f4be2a1' });
  fake.fail('/incidents/12/customers', 503, { detail: 'the store is closed' });
  const without = await open(t, '/incidents/12', { expected: ['503'] });
  await says(without, '#customers .wrong', 'the store is closed');
  assert.ok(await without.$('#lines li'), 'the rest is there');
});

test('an incident is acknowledged, commented and silenced', async (t) => {
  t.after(() => Object.assign(fake.state, { acknowledged: undefined, comment: undefined }));
  const page = await open(t, '/incidents/12');
  await page.click('#acknowledge');
  await says(page, '#facts', 'acknowledged');
  assert.equal(await page.$('#acknowledge'), null);
  await page.click('#comment');
  await page.type('#comment-text', 'the gateway is down');
  await page.click('dialog .main');
  await says(page, '#lines', 'Said admin: the gateway is down');
  await page.click('#silence');
  await page.type('#silence-comment', 'a release');
  await page.click('dialog .main');
  await page.waitForFunction(() => !document.querySelector('dialog'));
  const [{ body, csrf }] = asked('/alerts/silences');
  assert.deepEqual([body.matcher, body.comment, csrf], [{ app: 'demo-bank', rule: 'transfer-calls', owner: 'payments' }, 'a release', 'csrf-of-the-fake']);
});

test('who only looks has no buttons', async (t) => {
  t.after(() => (fake.state.me = 'admin'));
  fake.state.me = 'viewer';
  const page = await open(t, '/incidents/12');
  assert.equal(await page.$('#acknowledge'), null);
  const rules = await open(t, '/rules');
  assert.equal(await rules.$('#add-rule'), null);
  assert.equal(await rules.$('[aria-label^="Remove"]'), null);
});

test('rules are told, tried over last week, and made', async (t) => {
  t.after(() => fake.mend());
  const page = await open(t, '/rules?app=demo-bank', { expected: ['422'] });
  const rows = await texts(page, '#rules tbody tr');
  assert.match(rows[0], /^transfer-calls demo-bank threshold · availability\.calls < 0\.98 critical .* in the file Try$/);
  assert.match(rows[1], /objective · lcp_ms ≤ 2500, 90\.00%/);
  assert.match(await text(page, '#objectives tbody tr'), /15 % 1\.2 \/ 0\.9 \/ 0\.85$/);
  await page.click('#add-rule');
  await page.click('#try-rule');
  await says(page, '#dry-run', 'It would have fired 1 times.');
  assert.equal(asked('/alerts/dry-run')[0].body.rule.app, 'demo-bank');
  fake.fail('/alerts/rules', 422, { detail: '`when.below` is wrong', type: '/problems/invalid_value' });
  await page.click('dialog .main');
  await says(page, 'dialog .wrong', '`when.below` is wrong');
  fake.mend();
  await page.click('dialog .main');
  await page.waitForFunction(() => !document.querySelector('dialog'));
  assert.equal(asked('/alerts/rules').at(-1).body.when.measure, 'availability.calls');
});

test('baselines are told with what is learnt, and a series with its band and what is outside', async (t) => {
  t.after(() => fake.mend());
  const page = await open(t, '/incidents/12');
  await page.waitForSelector('#course canvas');
  assert.match(await text(page, '#course'), /^How it went api_duration_ms\.p95 Expected at most .* steps were outside of what is expected\.$/);
  await page.click('#parts a[href^="/baselines"]');
  await leadsTo(page, '/baselines', { measure: 'api_duration_ms.p95' });
  await page.waitForSelector('#band canvas');
  const rows = await texts(page, '#series tbody tr');
  assert.match(rows[0], /^api_duration_ms\.p95 the whole application outside since .* sure 331 /);
  assert.match(rows[1], /^availability\.calls Region = Guangdong <b> as usual fairly sure 52 /);
  assert.match(await text(page, '#learnt'), /How sure sure Hours seen 331 \(34 are needed\)/);
  assert.match(await text(page, '#outside'), /^[1-9]\d? of \d+ steps were outside of what is expected\.$/);
  await says(page, '.panel', '3 more series are not shown');
  await page.click('#series tbody tr:nth-child(2) [data-open]');
  await leadsTo(page, '/baselines', { measure: 'availability.calls', region: 'Guangdong <b>' });
  await says(page, 'h2', 'availability.calls · Region = Guangdong <b>');
  await page.click('#series tbody tr:nth-child(3) [data-open]');
  await says(page, '#outside', 'Nothing is expected yet.');
  assert.equal(new URL(page.url()).searchParams.get('region'), null);
  fake.answer('/baselines/series', { series: [], left_out: 0 });
  await says(await open(t, '/baselines?app=demo-bank'), '.state', 'Nothing is learnt yet');
});

test('incidents and rules speak Chinese', async (t) => {
  const page = await open(t, '/incidents/12', { language: 'zh' });
  await says(page, '#facts', '未处理');
  const rules = await open(t, '/rules', { language: 'zh' });
  await says(rules, '#rules', '阈值');
});
