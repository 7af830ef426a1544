// `request`, `uploadFile` and `downloadFile`, common to the platforms but for what a dialect says.

import { isBytes } from '../realm.js';
import { bodyOf, dataOf } from '../requests.js';

/** A task that can be aborted. */
const task = (realm, abort) => realm.own({ abort, onProgressUpdate() {}, offProgressUpdate() {}, onHeadersReceived() {}, offHeadersReceived() {} });

/**
 * The three calls. `tables` are their options; `header` is what the options call the headers;
 * `answer(status, headers, data, extra)` is the platform's result; `failsAt` is the lowest status that
 * is a failure; `promised` whether a call without callbacks gives a promise; `bytes` whether all versions
 * of the platform send an ArrayBuffer.
 */
export function network({ calls, requests, realm, phone }, { tables, answer, header = 'header', failsAt = Infinity, promised = false, profile = false, bytes = true }) {
  const send = (name, request, options, end, dataIs) =>
    task(
      realm,
      requests.start(request, end, (got, times) => {
        const extra = profile && options.enableProfile ? { profile: profileOf(got, times) } : {};
        const told = answer(got.status, got.headers, dataIs(got), extra);
        if (got.status >= failsAt) end.failed('http status error', { error: 19, ...told });
        else end.ok(told);
      }),
    );
  const headersOf = (options) => options[header] ?? options.header ?? {};
  return {
    request: calls.later(
      'request',
      tables.request,
      (options, end) => {
        const named = headersOf(options);
        if (Object.keys(named).some((name) => name.toLowerCase() == 'referer')) calls.refuse('request: the Referer cannot be set');
        if (!bytes && isBytes(options.data)) calls.refuse('request: older versions send no ArrayBuffer');
        const { method = 'GET', url, timeout } = options;
        const isQuery = method == 'GET' && options.data && typeof options.data == 'object';
        const { body, headers } = bodyOf(isQuery ? undefined : options.data, named);
        const whole = isQuery ? `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(options.data)}` : url;
        const responseType = options.dataType == 'arraybuffer' ? 'arraybuffer' : options.responseType;
        return send('request', { url: whole, method, headers, body, timeout }, options, end, ({ body: got }) => dataOf(got, { ...options, responseType }, realm));
      },
      { promised },
    ),
    uploadFile: calls.later(
      'uploadFile',
      tables.uploadFile,
      (options, end) => {
        const content = phone.files[options.filePath];
        if (content === undefined) return end.failed(`file ${options.filePath} not found`);
        const headers = { ...headersOf(options), 'content-type': 'multipart/form-data; boundary=upload' };
        const body = Buffer.from(`--upload\r\ncontent-disposition: form-data; name="${options.name}"\r\n\r\n${content}\r\n--upload--\r\n`);
        return send('uploadFile', { url: options.url, method: 'POST', headers, body, timeout: options.timeout }, options, end, ({ body: got }) => got.toString('utf8'));
      },
      { promised },
    ),
    downloadFile: calls.later(
      'downloadFile',
      tables.downloadFile,
      (options, end) =>
        send('downloadFile', { url: options.url, method: 'GET', headers: headersOf(options), timeout: options.timeout }, options, end, ({ body: got }) => {
          const path = `tmp://file-${Object.keys(phone.files).length}`;
          phone.files[path] = got.toString('utf8');
          return path;
        }),
      { promised },
    ),
  };
}

/** The document's shape of a profile, times by the application's clock. */
function profileOf(got, { queued, started, ended }) {
  const first = Math.max(started, ended - 5);
  return {
    invokeStart: queued,
    queueStart: queued,
    queueEnd: started,
    redirectStart: 0,
    redirectEnd: 0,
    fetchStart: started,
    domainLookUpStart: started,
    domainLookUpEnd: started,
    connectStart: started,
    connectEnd: started,
    SSLconnectionStart: started,
    SSLconnectionEnd: started,
    requestStart: started,
    requestEnd: started,
    responseStart: first,
    responseEnd: ended,
    rtt: 20,
    estimate_nettype: 6,
    httpRttEstimate: 25,
    transportRttEstimate: 20,
    downstreamThroughputKbpsEstimate: 9000,
    throughputKbps: 8000,
    peerIP: '203.0.113.77',
    port: 443,
    protocol: 'h2',
    socketReused: true,
    sendBytesCount: 300,
    receivedBytedCount: got.body.length,
    usingHighPerformanceMode: false,
  };
}
