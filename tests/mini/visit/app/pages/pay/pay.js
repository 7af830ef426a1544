const dna = require('dna-mini');
const host = require('../../host');

Page({
  data: { done: 0 },
  submit() {
    const paying = dna.transaction('pay');
    host.request('https://api.bank.example/transfers?phone=13800138000&openid=o6zAJs5tGhK_LQz1xF4pPq0wErTy', () => {
      paying.end({ ok: true });
      dna.event('paid', { currency: 'CNY' });
      this.setData({ done: this.data.done + 1 });
    });
  },
  unreachable() {
    host.request('https://nobody.example/', undefined, () => this.setData({ done: -1 }));
  },
  throws() {
    throw new RangeError('card 6222020202020208 of 13800138000 is over its limit');
  },
  rejects() {
    Promise.reject(new TypeError('phone 13800138000 is not known'));
  },
});
