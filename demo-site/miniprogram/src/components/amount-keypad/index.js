// Keys for an amount, so that no keyboard of another maker sees it. What was pressed so far is the
// parent's; the keypad tells what it would become.

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', '⌫'];

/** Seven digits before the point and two behind it, which is more than a transfer may move. */
const AMOUNT = /^(?:[1-9]\d{0,6}|0)(?:\.\d{0,2})?$/;

require('../../platform').component({
  properties: { amount: { type: String, value: '' } },

  data: { keys: KEYS },

  methods: {
    press(event) {
      const { key, amount } = event.currentTarget.dataset;
      const next = key === '⌫' ? amount.slice(0, -1) : amount + key;
      if (next === '' || AMOUNT.test(next)) this.triggerEvent('change', { amount: next });
    },
  },
});
