/** Requests of the application's: `request`, `uploadFile`, `downloadFile`. */
import { followed, told } from './answers';
import { attempt, type Host } from './hosts';
import { Kind, type Sink, type Value } from './record';
import { traces } from './trace';

type Fields = { [name: string]: unknown };

const NAMES = ['request', 'uploadFile', 'downloadFile'] as const;

/**
 * What WeChat measures of a request, in the order in which the core reads it. Not `peerIP`: who
 * answered is an address of the customer's network as often as not.
 */
const PROFILE = ['domainLookUpStart', 'domainLookUpEnd', 'connectStart', 'SSLconnectionStart', 'connectEnd', 'requestStart', 'responseStart',
  'responseEnd', 'queueStart', 'queueEnd', 'rtt', 'receivedBytedCount', 'sendBytesCount', 'protocol', 'socketReused'];

export function requests(host: Host, sink: Sink, { traceOrigins }: { traceOrigins?: string | string[] }, agreed: () => boolean): void {
  const { api, promises, profiles } = host;
  const trace = traces(traceOrigins);
  for (const name of NAMES) attempt(() => hook(name), undefined);

  function hook(name: (typeof NAMES)[number]): void {
    const original = api[name] as ((this: unknown, options: object) => unknown) | undefined;
    if (typeof original != 'function') return;
    const hooked = function (this: unknown, options: Fields) {
      const call = attempt(() => watched(name, options), undefined);
      if (!call) return original.call(this, options);
      const [sent, tell] = call;
      const result = original.call(this, sent);
      return tell ? attempt(() => followed(result, (answer) => tell(answer, false), (failure) => tell(failure, true)), result) : result;
    };
    Object.defineProperty(api, name, { value: hooked, configurable: true, enumerable: true, writable: true });
  }

  /** The same options with callbacks that tell first; where somebody waits for a promise, what tells instead. */
  function watched(name: string, options: Fields): [Fields, ((answer: unknown, failed: boolean) => void) | undefined] {
    const start = Date.now();
    const { success, fail, complete } = options;
    const sent: Fields = Object.assign({}, options);
    // A trace is told to servers: not without consent.
    const traceparent = agreed() ? trace(sent, host.headers) : '';
    // What the bank has said itself holds.
    if (profiles && options.enableProfile === undefined) sent.enableProfile = true;
    const tell = (answer: unknown, failed: boolean) => {
      const { statusCode, status, profile } = Object(answer) as Fields;
      const known = Number(statusCode || status) || 0;
      // Alipay fails what has a bad status.
      const error = failed && !known ? reason(answer) : '';
      const method = name == 'request' ? text(options.method) : name == 'uploadFile' ? 'POST' : 'GET';
      sink(Kind.Request, start, Date.now() - start, name, method, String(options.url), known, error, traceparent, ...measured(profile));
    };
    if (promises && !success && !fail && !complete) return [sent, tell];
    sent.success = told(success, (answer) => tell(answer, false));
    sent.fail = told(fail, (failure) => tell(failure, true));
    return [sent, undefined];
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
