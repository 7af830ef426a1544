// The transfer form: checked here for a quick answer, and by the service for a sure one.

const dna = require('dna-mini');
const api = require('../../api');
const { minor, money } = require('../../format');
const platform = require('../../platform');
const texts = require('../../texts/index');

const AMOUNT_MINOR_MAX = 5000000;

/** Field of the service to the text that explains what is allowed. */
const WRONG = { from: 'fromWrong', payee: 'payeeWrong', payeeAccount: 'accountWrong', amountMinor: 'amountWrong' };

/** What is wrong with an order: the names of its fields. */
function check(order, balance) {
  const wrong = [];
  if (!order.from) wrong.push('from');
  if (!order.payee) wrong.push('payee');
  if (!/^\d{8,24}$/.test(order.payeeAccount)) wrong.push('payeeAccount');
  const most = Math.min(AMOUNT_MINOR_MAX, balance || 0);
  if (!(order.amountMinor > 0 && order.amountMinor <= most)) wrong.push('amountMinor');
  return wrong;
}

Page({
  data: { t: {}, sources: [], chosen: 0, payee: '', payeeAccount: '', amount: '', wrong: {}, result: '', good: false, busy: false },

  onLoad() {
    return api.get('/api/accounts').then(
      ({ accounts }) => {
        const usable = accounts.filter((one) => one.currency === 'CNY' && one.balanceMinor > 0);
        this.balances = usable.map((one) => one.balanceMinor);
        const name = (one) => texts.text('transfer', 'source', { name: texts.label(one.name), digits: one.lastDigits });
        this.setData({ sources: usable.map((one) => ({ id: one.id, name: name(one) })) });
      },
      () => this.setData({ result: texts.words('accounts').failed, good: false }),
    );
  },

  onShow() {
    texts.dress(this, 'transfer');
  },

  choose(event) {
    this.setData({ chosen: Number(event.detail.value) });
  },

  type(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value });
  },

  pressed(event) {
    this.setData({ amount: event.detail.amount });
  },

  order() {
    const { sources, chosen, payee, payeeAccount, amount } = this.data;
    return {
      from: sources[chosen] ? sources[chosen].id : '',
      payee: payee.trim(),
      payeeAccount: payeeAccount.replace(/\s/g, ''),
      amountMinor: minor(amount),
    };
  },

  showWrong(fields) {
    const wrong = {};
    fields.forEach((field) => {
      wrong[field] = this.data.t[WRONG[field]];
    });
    this.setData({ wrong });
  },

  submit() {
    const order = this.order();
    const wrong = check(order, this.balances && this.balances[this.data.chosen]);
    this.setData({ result: '' });
    this.showWrong(wrong);
    if (wrong.length || this.data.busy) return undefined;
    this.setData({ busy: true });
    const step = dna.transaction('transfer');
    return api.post('/api/transfer', order).then(
      ({ reference }) => {
        // Neither the amount nor the account: what happened is enough.
        step.end({ currency: 'CNY' });
        const places = { amount: money(order.amountMinor), payee: order.payee, reference };
        this.setData({ busy: false, good: true, payee: '', payeeAccount: '', amount: '', result: texts.text('transfer', 'done', places) });
        platform.say(this.data.result);
      },
      (error) => {
        step.fail({ status: error.status || 0 });
        this.setData({ busy: false, good: false, result: this.data.t.failed });
        this.showWrong(Object.keys((error.body && error.body.fields) || {}));
      },
    );
  },
});
