/** How the words of a page that is left are sent, which no core takes care of. */
import type { Options } from './agent.js';

/**
 * Sends a frame that outlives the page. By `sendBeacon`, or where that is missing, refuses or is a
 * blocker's that throws, by `fetch` as the page had it when the tag ran, which may be a mock's.
 */
export function send(options: Options, body: string, fetch: typeof window.fetch): void {
  // A server's bare address gets the path of our API, as in `sdk-wasm/src/config.rs`.
  const url = options.endpoint!.replace(/^(https?:\/\/[^/]+)\/?$/, '$1/v1/beacon');
  try {
    if (navigator.sendBeacon(url, body)) return;
  } catch {}
  fetch.call(window, url, { method: 'POST', body, keepalive: true }).catch(() => {});
}
