require('dna-mini').init(require('./config').dna);

const consent = require('./consent');

App({
  onLaunch() {
    consent.restore();
  },
});
