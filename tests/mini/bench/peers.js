// Who is measured: ours, and the SDKs for WeChat that teams take otherwise. `start` is the line at the
// top of their app.js; `sdk` is what `require` gives.

export const PEERS = [
  {
    name: 'dna-mini',
    ours: true,
    start: "sdk.init({ key: 'bank-mini', endpoint: 'https://dna.bank.example', release: '2.7.1', consent: 'granted' });",
  },
  { name: 'aegis-mp-sdk', start: "new (sdk.default || sdk)({ id: 'bank', uin: '', reportApiSpeed: true, spa: true });" },
  { name: 'sentry-miniapp', start: "sdk.init({ dsn: 'https://key@sentry.bank.example/1' });" },
  {
    name: 'sa-sdk-miniprogram',
    start: `(sdk.default || sdk).setPara({
      name: 'sensors',
      server_url: 'https://sensors.bank.example/sa',
      autoTrack: { appLaunch: true, appShow: true, appHide: true, pageShow: true, pageLeave: true },
    });
    (sdk.default || sdk).init();`,
  },
];
