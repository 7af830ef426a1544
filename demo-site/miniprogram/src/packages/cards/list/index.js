// The customer's cards, in a package that is loaded when it is first opened.

const api = require('../../../api');
const { money } = require('../../../format');
const platform = require('../../../platform');
const texts = require('../../../texts/index');

Page({
  data: { t: {}, cards: [] },

  onLoad() {
    texts.dress(this, 'cards');
    return api.get('/api/accounts').then(({ accounts }) => {
      const cards = accounts.filter((one) => one.kind === 'credit');
      this.setData({
        cards: cards.map((one) => ({
          id: one.id,
          name: texts.label(one.name),
          mask: texts.text('accounts', 'mask', { digits: one.lastDigits }),
          owed: money(-one.balanceMinor, one.currency),
        })),
      });
    });
  },

  apply() {
    platform.open('/packages/cards/papers/index');
  },
});
