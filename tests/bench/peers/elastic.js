// Elastic's RUM agent; its default is to keep all transactions.

import { init } from '@elastic/apm-rum';

init({
  serviceName: 'bench-bank',
  serviceVersion: '1.0.0',
  serverUrl: bench.intake,
});
