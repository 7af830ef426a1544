const dna = require('dna-mini');
const host = require('../../host');

Page({
  data: { customer: '' },
  signIn({ customer }) {
    dna.setUser(customer, { tier: 'vip' });
    this.setData({ customer });
    host.keep('bank', 'signed in');
  },
  pay() {
    host.open('/pages/pay/pay?card=6222020202020208');
  },
});
