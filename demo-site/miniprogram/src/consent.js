// Whether the customer agrees to be measured. The answer is the bank's to keep: DNA stores none.

const dna = require('dna-mini');
const platform = require('./platform');

const KEY = 'harbour-consent';

/** `granted`, `denied`, or `pending` until the customer has been asked. */
exports.state = () => platform.stored(KEY) || 'pending';

exports.restore = () => dna.consent(exports.state());

exports.decide = (state) => {
  platform.store(KEY, state);
  dna.consent(state);
};
