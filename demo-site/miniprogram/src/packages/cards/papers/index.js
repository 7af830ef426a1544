// A photograph for a loan: what is uploaded is the bank's, and nothing of it is measured.

const api = require('../../../api');
const platform = require('../../../platform');
const texts = require('../../../texts/index');

Page({
  data: { t: {}, result: '', good: false },

  onLoad() {
    this.setData({ t: texts.words('cards') });
    platform.title(texts.words('cards').papersTitle);
  },

  choose() {
    return platform
      .choosePicture()
      .then((file) => api.upload('/api/papers', file))
      .then(
        ({ status }) => {
          const good = status === 204;
          this.setData({ good, result: good ? this.data.t.sent : this.data.t.failed });
        },
        () => this.setData({ good: false, result: this.data.t.failed }),
      );
  },
});
