// Sentry with tracing, as its documentation's first page shows it.

import * as Sentry from '@sentry/browser';

Sentry.init({
  dsn: `${bench.intake.replace('://', '://key@')}/1`,
  release: 'bench-bank@1.0.0',
  integrations: [Sentry.browserTracingIntegration()],
  tracesSampleRate: 1,
});
