// Signing in, the language, and whether the customer agrees to be measured.

const api = require('../../api');
const consent = require('../../consent');
const platform = require('../../platform');
const session = require('../../session');
const texts = require('../../texts/index');

Page({
  data: { t: {}, userId: '', password: '', result: '', busy: false, ask: false },

  onLoad() {
    texts.dress(this, 'signIn');
    this.setData({ ask: consent.state() === 'pending' });
  },

  type(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value });
  },

  decide(event) {
    consent.decide(event.currentTarget.dataset.state);
    this.setData({ ask: false });
  },

  speakOther() {
    texts.choose(texts.language() === 'en' ? 'zh' : 'en');
    texts.dress(this, 'signIn');
  },

  submit() {
    const userId = this.data.userId.trim();
    const { password, t, busy } = this.data;
    if (busy) return undefined;
    if (!userId || !password) {
      this.setData({ result: t.missing });
      return undefined;
    }
    this.setData({ busy: true, result: '' });
    return api.post('/api/sign-in', { userId, password }).then(
      (customer) => {
        session.signedIn(Object.assign({ userId }, customer));
        this.setData({ busy: false, password: '' });
        platform.openTab('/pages/accounts/index');
      },
      (error) => {
        const refused = error.status >= 400 && error.status < 500;
        this.setData({ busy: false, result: refused ? t.refused : t.failed });
      },
    );
  },
});
