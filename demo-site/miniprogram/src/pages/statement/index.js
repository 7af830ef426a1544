// The monthly statement, from an archive that is slow on purpose, and as a file.

const api = require('../../api');
const { day, money } = require('../../format');
const texts = require('../../texts/index');

Page({
  data: { t: {}, state: 'empty', lines: [], closing: '', saved: false },

  onLoad(query) {
    // `ms` sets how slow the archive is.
    this.wait = query && query.ms ? `&ms=${query.ms}` : '';
    texts.dress(this, 'statement');
  },

  load() {
    this.setData({ state: 'loading' });
    return api.get(`/api/statement?back=1${this.wait}`).then(
      ({ lines, closingMinor }) => {
        this.setData({
          state: 'ready',
          closing: money(closingMinor),
          lines: lines.map((line, key) => ({
            key,
            date: day(line.date),
            label: texts.label(line.label),
            amount: money(line.amountMinor, 'CNY', true),
          })),
        });
      },
      () => this.setData({ state: 'failed' }),
    );
  },

  download() {
    return api.download('/api/statement-file').then(
      () => this.setData({ saved: true }),
      () => this.setData({ state: 'failed' }),
    );
  },
});
