// Who is measured. Each peer's file beside this one is the script that a bank would bundle.

/**
 * `full`: captures errors and calls as ours does, so that it is a rival in every measure.
 * `blocking`: its script stands in <head> and holds the parser up, which its vendor recommends
 * so that early errors are caught; web-vitals recommends to come late.
 */
export const PEERS = [
  { name: 'none', full: false },
  { name: 'dna', full: true, blocking: true },
  { name: 'datadog', package: '@datadog/browser-rum-slim', full: true, blocking: true },
  { name: 'sentry', package: '@sentry/browser', full: true, blocking: true },
  { name: 'faro', package: '@grafana/faro-web-sdk', full: true, blocking: true },
  { name: 'elastic', package: '@elastic/apm-rum', full: true, blocking: true },
  { name: 'skywalking', package: 'skywalking-client-js', full: true, blocking: true },
  { name: 'web-vitals', package: 'web-vitals', full: false, blocking: false },
];

/** The peer that all others are compared with. */
export const BASE = 'none';

/** Ours. */
export const OURS = 'dna';
