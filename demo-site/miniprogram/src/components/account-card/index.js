// One account: its name, the last digits of its number, its balance.

require('../../platform').component({
  properties: { account: { type: Object, value: {} } },

  methods: {
    pick(event) {
      this.triggerEvent('pick', { id: event.currentTarget.dataset.id });
    },
  },
});
