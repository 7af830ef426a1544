const dna = require('dna-mini');
dna.init(require('./options'));

App({ dna });

// After init, before the core can be there: told once, on every platform.
throw new Error('the line after init');
