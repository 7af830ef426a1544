// Where the bank's services and its ingest are. `port/main.js` fills in what it is given.

const api = 'https://127.0.0.1:8600';
const ingest = 'https://127.0.0.1:8601';

module.exports = {
  api,
  dna: {
    key: 'demo-bank-mini',
    endpoint: ingest,
    release: 'demo@1.0.0',
    // Asked on the sign-in page; until then nothing is stored and nothing sent.
    consent: 'pending',
    // The services that are told the trace of a call.
    traceOrigins: [api],
  },
};
