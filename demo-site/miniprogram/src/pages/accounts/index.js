// The overview: total, accounts, recent payments.

const api = require('../../api');
const { day, money } = require('../../format');
const platform = require('../../platform');
const session = require('../../session');
const texts = require('../../texts/index');

const row = (payment, index) => ({
  key: index,
  label: texts.label(payment.label),
  date: day(payment.date),
  amount: money(payment.amountMinor, 'CNY', true),
  incoming: payment.amountMinor > 0,
});

const card = (account) => ({
  id: account.id,
  name: texts.label(account.name),
  note: texts.label(account.note),
  mask: texts.text('accounts', 'mask', { digits: account.lastDigits }),
  balance: money(account.balanceMinor, account.currency),
  kind: account.kind,
});

Page({
  data: { t: {}, hello: '', total: '', accounts: [], payments: [], failed: false },

  onLoad() {
    return this.load();
  },

  onShow() {
    const customer = session.customer();
    const own = customer && (texts.language() === 'zh' ? customer.displayNameZh : customer.displayName);
    texts.dress(this, 'accounts');
    platform.tabs(texts.words('tabs'));
    this.setData({ hello: texts.text('accounts', 'hello', { name: own || this.data.t.guest }) });
  },

  load() {
    this.setData({ failed: false });
    return api.get('/api/accounts').then(
      ({ accounts, payments }) => {
        const yuan = accounts.filter((one) => one.currency === 'CNY' && one.balanceMinor > 0);
        this.setData({
          total: money(yuan.reduce((sum, one) => sum + one.balanceMinor, 0)),
          accounts: accounts.map(card),
          payments: payments.map(row),
        });
      },
      () => this.setData({ failed: true }),
    );
  },

  open(event) {
    platform.open(event.currentTarget.dataset.to);
  },

  openAccount(event) {
    platform.open(`/pages/statement/index?account=${event.detail.id}`);
  },
});
