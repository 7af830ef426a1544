// The bank's own logic, the same on each platform.

const assert = require('node:assert/strict');
const test = require('node:test');

const { start } = require('./double.js');

const ACCOUNTS = {
  accounts: [
    { id: 'everyday', kind: 'current', name: { en: 'Everyday', zh: '活期' }, note: { en: 'n', zh: 'n' }, lastDigits: '4821', currency: 'CNY', balanceMinor: 4286015 },
    { id: 'card', kind: 'credit', name: { en: 'Card', zh: '信用卡' }, note: { en: 'n', zh: 'n' }, lastDigits: '5508', currency: 'CNY', balanceMinor: -631240 },
  ],
  payments: [{ date: '2026-11-23', label: { en: 'Coffee', zh: '咖啡' }, category: 'coffee', amountMinor: -3200 }],
};
const GOOD = {
  '/api/sign-in': { status: 200, body: { displayName: 'Lin Zhiyuan', displayNameZh: '林致远', tier: 'vip' } },
  '/api/accounts': { status: 200, body: ACCOUNTS },
  '/api/transfer': { status: 200, body: { reference: 'HB00000001' } },
  '/api/fails': { status: 500, body: { code: 'unavailable' } },
};
const tap = (dataset, detail) => ({ currentTarget: { dataset }, detail });

for (const platform of ['wechat', 'alipay', 'douyin']) {
  const on = (name, answers, run) =>
    test(`${platform}: ${name}`, async () => {
      const bank = start(platform, answers);
      try {
        await run(bank);
      } finally {
        bank.end();
      }
    });

  on('the SDK is started first, and told what the customer decides', GOOD, (bank) => {
    assert.equal(bank.told[0][0], 'init');
    assert.equal(bank.told[0][1].consent, 'pending');
    assert.deepEqual(bank.told[1], ['consent', 'pending']);
    const page = bank.page('pages/sign-in/index');
    page.onLoad();
    assert.equal(page.data.ask, true);
    page.decide(tap({ state: 'granted' }));
    assert.deepEqual(bank.told.at(-1), ['consent', 'granted']);
    assert.equal(bank.stored.get('harbour-consent'), 'granted');
    assert.equal(page.data.ask, false);
  });

  on('a customer signs in, in one language or the other', GOOD, async (bank) => {
    const page = bank.page('pages/sign-in/index');
    page.onLoad();
    page.submit();
    assert.equal(page.data.result, 'Please enter your user ID and password.');
    page.speakOther();
    assert.equal(page.data.t.submit, '登录');
    page.type(tap({ field: 'userId' }, { value: ' vip-7 ' }));
    page.type(tap({ field: 'password' }, { value: 'x' }));
    await page.submit();
    assert.deepEqual(structuredClone(bank.told.at(-1)), ['setUser', 'vip-7', { tier: 'vip' }]);
    assert.deepEqual(bank.shown, ['/pages/accounts/index']);
    assert.deepEqual(JSON.parse(bank.calls[0].data), { userId: 'vip-7', password: 'x' });
    assert.ok(![...bank.stored.values()].some((kept) => JSON.stringify(kept).includes('vip-7')), 'no ID is stored');
    const accounts = bank.page('pages/accounts/index');
    accounts.onShow();
    assert.equal(accounts.data.hello, '您好，林致远');
  });

  on('a refused password is told apart from a service that is down', { '/api/sign-in': { status: 401, body: { code: 'credentials' } } }, async (bank) => {
    const page = bank.page('pages/sign-in/index');
    page.onLoad();
    Object.assign(page.data, { userId: 'u', password: 'wrong' });
    await page.submit();
    assert.equal(page.data.result, 'The user ID or the password is not right.');
    bank.answers['/api/sign-in'] = new Error('down');
    await page.submit();
    assert.equal(page.data.result, 'Signing in does not work at the moment. Please try again.');
  });

  on('accounts are shown with their money', GOOD, async (bank) => {
    const page = bank.page('pages/accounts/index');
    await page.onLoad();
    assert.equal(page.data.total, '¥42,860.15');
    assert.equal(page.data.accounts[1].balance, '−¥6,312.40');
    assert.equal(page.data.payments[0].date, '23 Nov');
  });

  on('a transfer is checked, carried out, and told without its amount', GOOD, async (bank) => {
    const page = bank.page('pages/transfer/index');
    await page.onLoad();
    page.onShow();
    page.submit();
    assert.deepEqual(Object.keys(page.data.wrong), ['payee', 'payeeAccount', 'amountMinor']);
    Object.assign(page.data, { payee: 'Zhao Lei', payeeAccount: '6222 0212 3456', amount: '1250.5' });
    await page.submit();
    assert.deepEqual(JSON.parse(bank.calls.at(-1).data), { from: 'everyday', payee: 'Zhao Lei', payeeAccount: '622202123456', amountMinor: 125050 });
    assert.equal(page.data.result, 'Done. ¥1,250.50 is on its way to Zhao Lei. Reference HB00000001');
    assert.deepEqual(bank.told.at(-1), ['end', 'transfer']);
  });

  on('the keypad lets through what is an amount', GOOD, (bank) => {
    const keypad = bank.component('components/amount-keypad/index');
    const told = [];
    if (platform === 'alipay') keypad.props = { onChange: (event) => told.push(event.detail.amount) };
    else keypad.triggerEvent = (name, detail) => told.push(detail.amount);
    for (const [amount, key] of [['', '1'], ['1', '.'], ['1.25', '3'], ['1.2', '⌫'], ['', '.'], ['0', '0']]) {
      keypad.press(tap({ amount, key }));
    }
    assert.deepEqual(told, ['1', '1.', '1.']);
  });

  on('faults are faults', GOOD, async (bank) => {
    const page = bank.page('pages/more/index');
    page.onLoad({});
    page.onShow();
    assert.throws(() => page.throws(), /thrown by a button/);
    await page.fails();
    assert.equal(page.data.result, 'The service answered 500.');
    await page.unreachable();
    assert.equal(page.data.result, 'No answer: the service could not be reached.');
    await page.slow();
    assert.deepEqual(bank.told.at(-1), ['fail', 'sms-code']);
    page.heavy();
    assert.equal(page.data.branches.length, 1000);
  });

  on('files are downloaded and uploaded', GOOD, async (bank) => {
    const statement = bank.page('pages/statement/index');
    statement.onLoad({});
    await statement.download();
    assert.equal(statement.data.saved, true);
    const papers = bank.page('packages/cards/papers/index');
    papers.onLoad();
    await papers.choose();
    assert.equal(papers.data.result, 'We have received it.');
  });
}
