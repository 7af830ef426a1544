/** Requests of the application's: `request`, `uploadFile`, `downloadFile`. */
import { copied, followed, told } from './answers';
import { attempt, type Host, type Requests } from './hosts';
import type { Allows } from './index';
import { Kind, type Sink, type Value } from './record';
import { traces } from './trace';

type Fields = { [name: string]: unknown };

/** A call that is watched. */
interface Call {
  /** The options that it is made with. */
  sent: Fields;
  tell(answer: unknown, failed: boolean): void;
  /** Whether its promise tells of its end, not its callbacks. */
  follows: boolean;
  /** Whether somebody else tells. */
  told: boolean;
}

const NAMES = ['request', 'uploadFile', 'downloadFile'] as const;

/**
 * What WeChat measures of a request, in the order in which the core reads it. Not `peerIP`: who
 * answered is an address of the customer's network as often as not.
 */
const PROFILE = ['domainLookUpStart', 'domainLookUpEnd', 'connectStart', 'SSLconnectionStart', 'connectEnd', 'requestStart', 'responseStart',
  'responseEnd', 'queueStart', 'queueEnd', 'rtt', 'receivedBytedCount', 'sendBytesCount', 'protocol', 'socketReused'];

/** `apis` are objects by which an application calls the platform, beside the platform's own. */
export function requests(host: Host, sink: Sink, { traceOrigins, apis }: { traceOrigins?: string | string[]; apis?: object[] }, allows: Allows): void {
  const { api, profiles } = host;
  const trace = traces(traceOrigins);
  /** How many calls the platform's own functions have seen. */
  let seen = 0;
  for (const name of NAMES) attempt(() => hook(api, name, host.promises), undefined);
  // A call without callbacks gives a promise there.
  for (const other of Array.isArray(apis) ? apis : []) for (const name of NAMES) attempt(() => hook(other as Requests, name, true), undefined);

  function hook(object: Requests, name: (typeof NAMES)[number], promises: boolean): void {
    const original = object[name] as ((this: unknown, options: object, ...more: unknown[]) => unknown) | undefined;
    if (typeof original != 'function') return;
    const hooked = function (this: unknown, options: Fields, ...more: unknown[]) {
      const call = attempt(() => watched(name, options, promises), undefined);
      if (!call) return original.apply(this, arguments as never);
      const before = seen;
      if (object === api) seen++;
      const result = original.call(this, call.sent, ...more);
      // What leads to the platform's own is told there.
      call.told = object !== api && seen != before;
      const { tell } = call;
      return call.follows ? attempt(() => followed(result, (answer) => tell(answer, false), (failure) => tell(failure, true)), result) : result;
    };
    Object.defineProperty(object, name, { value: hooked, configurable: true, enumerable: true, writable: true });
  }

  /** The same options with callbacks that tell first, but where somebody waits for a promise. */
  function watched(name: string, options: Fields, promises: boolean): Call {
    const start = Date.now();
    const { success, fail, complete } = options;
    const sent = copied(options);
    // A trace is told to servers: not without consent.
    const traceparent = allows.telling() ? trace(sent, host.headers) : '';
    // What the bank has said itself holds.
    if (profiles && allows.asking() && options.enableProfile === undefined) sent.enableProfile = true;
    const tell = (answer: unknown, failed: boolean) => {
      if (call.told) return;
      const { statusCode, status, profile } = Object(answer) as Fields;
      const known = Number(statusCode || status) || 0;
      // Alipay fails what has a bad status.
      const error = failed && !known ? reason(answer) : '';
      const method = name == 'request' ? text(options.method) : name == 'uploadFile' ? 'POST' : 'GET';
      sink(Kind.Request, start, Date.now() - start, name, method, String(options.url), known, error, traceparent, ...measured(profile));
    };
    const call: Call = { sent, tell, follows: promises && !success && !fail && !complete, told: false };
    if (call.follows) return call;
    told(sent, options, { success: (answer) => tell(answer, false), fail: (failure) => tell(failure, true) });
    return call;
  }
}

const text = (value: unknown): string => (typeof value == 'string' ? value : '');

function measured(profile: unknown): Value[] {
  if (!profile || typeof profile != 'object') return [];
  const measures = profile as { [name: string]: Value };
  return [measures.queueStart || measures.fetchStart, ...PROFILE.map((name) => measures[name])];
}

/** Why there was no answer, by the platforms' words and Alipay's numbers. */
function reason(failure: unknown): string {
  const { errMsg, errorMessage, error } = Object(failure) as Fields;
  const words = String(errMsg || errorMessage || '').toLowerCase();
  if (words.indexOf('abort') >= 0 || words.indexOf('interrupted') >= 0) return 'abort';
  if (words.indexOf('timeout') >= 0 || words.indexOf('time out') >= 0 || error === 13) return 'timeout';
  return 'network';
}
