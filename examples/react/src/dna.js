import { init } from 'dna-web';

// What the bank's build says: VITE_DNA_ENDPOINT=https://dna.bank.example npm run build
const { VITE_DNA_KEY = 'demo-bank', VITE_DNA_ENDPOINT = 'http://127.0.0.1:8600', DEV } = import.meta.env;

init({ key: VITE_DNA_KEY, endpoint: VITE_DNA_ENDPOINT, release: '1.0.0', debug: DEV });
