// Questions to DataView's query API. What goes wrong is a `Problem` with words for people.

/** What the API did not answer (RFC 9457), or that nothing answered: status 0. */
export class Problem extends Error {
  constructor(status, { title, detail, type } = {}, retryAfter = null) {
    super(detail ?? title ?? String(status));
    this.status = status;
    this.title = title ?? '';
    this.detail = detail ?? '';
    this.code = (type ?? '').split('/').pop();
    this.retryAfter = retryAfter;
  }
}

let csrf = '';
let signedOut = () => {};

/** Says what happens when the session has ended. */
export function whenSignedOut(act) {
  signedOut = act;
}

/** Asks; `params` that are null or empty are left out. Aborted by `signal`, it throws an AbortError. */
export function get(path, params = {}, signal) {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== null && value !== undefined && value !== ''));
  const text = query.toString();
  return send('GET', path + (text && `?${text}`), undefined, signal);
}

/** Changes something. */
export const post = (path, body, signal) => send('POST', path, body, signal);

/** Changes what is there. */
export const put = (path, body, signal) => send('PUT', path, body, signal);

/** Changes some of what is there. */
export const patch = (path, body, signal) => send('PATCH', path, body, signal);

/** Deletes something. */
export const remove = (path, signal) => send('DELETE', path, undefined, signal);

async function send(method, path, body, signal) {
  const headers = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method != 'GET') headers['x-csrf-token'] = csrf;
  let response;
  let answer;
  try {
    response = await fetch(`/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal });
    answer = await read(response);
  } catch (error) {
    if (error.name == 'AbortError') throw error;
    throw new Problem(0);
  }
  if (typeof answer?.csrf == 'string') csrf = answer.csrf;
  if (response.ok) return answer;
  const problem = new Problem(response.status, answer ?? {}, Number(response.headers.get('retry-after')) || null);
  if (response.status == 401 && path != '/login' && path != '/me') signedOut();
  throw problem;
}

/** The JSON of an answer, where it has some. */
async function read(response) {
  const text = await response.text();
  if (!/json/.test(response.headers.get('content-type') ?? '')) return response.ok && text ? text : null;
  return text ? JSON.parse(text) : null;
}
