// Sentry with tracing and console capture: it wraps fetch, XHR, history, console and listeners.

import * as Sentry from '@sentry/browser';

Sentry.init({
  dsn: `${location.origin.replace('://', '://key@')}/1`,
  tunnel: '/api/sentry',
  integrations: [Sentry.browserTracingIntegration(), Sentry.captureConsoleIntegration()],
  tracesSampleRate: 1,
});
