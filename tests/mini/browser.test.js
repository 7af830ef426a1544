// The same visit on the web, by the browser's core: what both say of it is the same.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Page } from '../../js-wrapper/test/browser-double.js';
import { frame } from '../../js-wrapper/test/frames.js';
import { onceEach } from './visit/intake.js';
import { SECRETS, phoneFor, visit } from './visit/visit.js';

/** What happened, by its kind, whoever tells it: where, and by which function, differs rightly. */
const SAME = ['type', 'message', 'id', 'tier', 'name', 'outcome', 'attributes', 'method', 'status', 'error', 'url', 'visibility_state'];
const KINDS = ['exception', 'identity', 'api_call', 'transaction', 'custom', 'unhandled_rejection', 'visibility'];

/** Sorted: the browser tells of a call when it knows what that took. */
const said = (all) =>
  all
    .filter(({ kind }) => KINDS.includes(kind))
    // The web tells the user's id as it is (docs/decisions/0030).
    .map((event) => (event.kind == 'identity' ? { ...event, id: undefined } : event))
    .map((event) => JSON.stringify([event.kind, ...SAME.filter((name) => event[name] !== undefined).map((name) => [name, event[name]])]))
    .sort();

let page;
after(() => page?.close());

/** `STEPS` of visit.js, as a page of the bank would make them. */
async function onTheWeb() {
  page = new Page({ data: { release: '2.7.1' } }).tag();
  page.application = async (url) => {
    if (url.startsWith('https://nobody.example')) throw new TypeError('Failed to fetch');
    return new Response('{}', { status: 200 });
  };
  page.throws(new Error('the line after init'));
  await page.ready();
  dna('setUser', SECRETS.openid, { tier: 'vip' });
  await page.pass(2000);
  const { card, phone, openid } = SECRETS;
  dna('transaction', 'pay', { payer: openid });
  dna('transaction', `cashier ${openid}`);
  dna('fail', `cashier ${openid}`, { [openid]: phone });
  dna('mark', `${phone} of ${openid}`);
  const body = JSON.stringify({ card });
  await fetch(`https://api.bank.example/users/${openid}/transfers?phone=${phone}&openid=${openid}`, { method: 'POST', body });
  dna('end', 'pay', { ok: true, card });
  dna('event', 'paid', { currency: 'CNY', payer: openid });
  dna('event', `paid by ${openid}`, { [card]: openid });
  dna('error', new Error(`nobody is ${openid}`));
  await fetch('https://nobody.example/', { method: 'POST', body }).catch(() => {});
  page.throws(new RangeError(`card ${card} of ${phone}, ${openid}, is over its limit`));
  page.dispatch('unhandledrejection', { reason: new TypeError(`phone ${phone} of user-${openid} is not known`) });
  await page.pass(6000);
  page.hide();
  await page.pass(3000);
  page.show();
  await page.pass(6000);
  page.hide();
  await page.pass(6000);
  const taken = await Promise.all(page.sent.map(frame));
  return onceEach(taken).flatMap((read) => read.events);
}

test('the browser tells of the visit what a mini program tells', async () => {
  const { phone, intake } = await phoneFor('wechat');
  await visit(phone);
  assert.deepEqual(said(await onTheWeb()), said(intake.events));
});
