// Replaced by tests that need others.
module.exports = { key: 'bank-mini', endpoint: 'https://dna.bank.example', release: '2.7.1', consent: 'granted' };
