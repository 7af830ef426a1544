import { init } from 'dna-mini';

init({ key: 'bank-mini', endpoint: 'https://dna.bank.example', consent: 'granted', apis: [uni], wasm: '/static/dna/dna.wasm.br' });
