// Datadog RUM, the slim package: what it recommends to pages that need no session replay.

import { datadogRum } from '@datadog/browser-rum-slim';

datadogRum.init({
  applicationId: '00000000-0000-4000-8000-000000000000',
  clientToken: 'pub00000000000000000000000000000000',
  site: 'datadoghq.com',
  service: 'bench-bank',
  version: '1.0.0',
  proxy: `${bench.intake}/datadog`,
  sessionSampleRate: 100,
  trackUserInteractions: true,
  trackResources: true,
  trackLongTasks: true,
});
