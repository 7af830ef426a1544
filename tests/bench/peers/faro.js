// Grafana Faro with its default web instrumentations.

import { initializeFaro } from '@grafana/faro-web-sdk';

initializeFaro({
  url: `${bench.intake}/collect`,
  app: { name: 'bench-bank', version: '1.0.0' },
});
