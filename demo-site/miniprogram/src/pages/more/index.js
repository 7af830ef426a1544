// Faults on purpose, a few calls deep as real ones are; and signing out.

const dna = require('dna-mini');
const api = require('../../api');
const platform = require('../../platform');
const session = require('../../session');
const texts = require('../../texts/index');

/** Enough for a list that no page should draw in one go. */
const BRANCHES = 1000;

function readRate(rates, currency) {
  if (!(currency in rates)) throw new Error('harbour-mini: thrown by a button');
  return rates[currency];
}

function calculateExchange(amount) {
  return amount * readRate({}, 'USD');
}

Page({
  data: { t: {}, result: '', branches: [] },

  onShow() {
    texts.dress(this, 'more');
  },

  tell(result) {
    this.setData({ result });
  },

  throws() {
    calculateExchange(100);
  },

  rejects() {
    Promise.reject(new Error('harbour-mini: rejected and not handled'));
  },

  fails() {
    return this.call('/api/fails');
  },

  /** A port that no server of the bank listens on. */
  unreachable() {
    const { t } = this.data;
    this.tell(t.calling);
    return platform.request('https://127.0.0.1:9/gold-price', 'GET').then(
      ({ status }) => this.tell(texts.text('more', 'answered', { status })),
      () => this.tell(t.silent),
    );
  },

  /** The step of a sign-in that no service of the bank sees: the code arrives late. */
  slow() {
    const step = dna.transaction('sms-code', { channel: 'sms' });
    this.tell(this.data.t.calling);
    return api.get(`/api/sms-code${this.wait || ''}`).then(
      (answer) => {
        step.end();
        this.tell(texts.text('more', 'code', answer));
      },
      () => {
        step.fail();
        this.tell(this.data.t.silent);
      },
    );
  },

  call(path) {
    this.tell(this.data.t.calling);
    return api.get(path).then(
      () => this.tell(texts.text('more', 'answered', { status: 200 })),
      ({ status }) => this.tell(status ? texts.text('more', 'answered', { status }) : this.data.t.silent),
    );
  },

  heavy() {
    const branches = Array.from({ length: BRANCHES }, (_, number) => ({
      key: number,
      name: `Harbour Bank ${number + 1}`,
    }));
    this.setData({ branches, result: texts.text('more', 'branches', { count: BRANCHES }) });
  },

  lost() {
    platform.open('/pages/gone/index');
  },

  signOut() {
    session.signedOut();
    platform.startAgain('/pages/sign-in/index');
  },

  onLoad(query) {
    // `ms` sets how late the code arrives.
    this.wait = query && query.ms ? `?ms=${query.ms}` : '';
  },
});
