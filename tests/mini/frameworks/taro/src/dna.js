import { init } from 'dna-mini';

init({ key: 'bank-mini', endpoint: 'https://dna.bank.example', consent: 'granted', wasm: '/dna/dna.wasm.br' });
