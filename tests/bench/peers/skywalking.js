// Apache SkyWalking's client, which samples nothing away.

import ClientMonitor from 'skywalking-client-js';

ClientMonitor.register({
  collector: bench.intake,
  service: 'bench-bank',
  serviceVersion: '1.0.0',
  pagePath: location.pathname,
  useWebVitals: true,
});
