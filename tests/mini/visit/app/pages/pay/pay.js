const dna = require('dna-mini');
const host = require('../../host');

// Whoever writes an application puts them where they should not be.
const card = '6222020202020208';
const phone = '13800138000';
const openid = 'o6zAJs5tGhK_LQz1xF4pPq0wErTy';

Page({
  data: { done: 0 },
  onReady() {
    dna.route(`pay of ${openid}`);
  },
  submit() {
    const paying = dna.transaction('pay', { payer: openid });
    dna.transaction(`cashier ${openid}`).fail({ [openid]: phone });
    dna.mark(`${phone} of ${openid}, openid%3D${openid}`);
    host.request(`https://api.bank.example/users/%22${openid}%22/transfers?phone=${phone}&openid=${openid}`, () => {
      paying.end({ ok: true, card });
      dna.event('paid', { currency: 'CNY', payer: openid });
      dna.event(`paid by ${openid}`, { [card]: openid });
      dna.error(new Error(`nobody is ${openid} of {\\n\\u0022${openid}\\n%22${openid}%22, tel%3A${phone}`));
      this.setData({ done: this.data.done + 1 });
    });
  },
  unreachable() {
    host.request('https://nobody.example/', undefined, () => this.setData({ done: -1 }));
  },
  throws() {
    throw new RangeError(`card ${card} of ${phone}, ${openid}, is over its limit`);
  },
  rejects() {
    Promise.reject(new TypeError(`phone ${phone} of user-${openid} is not known`));
  },
});
