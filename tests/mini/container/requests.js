// `request`, `uploadFile`, `downloadFile`: ten at a time, over HTTPS, to domains that are allowed.

import { isBytes } from './realm.js';

/** So many run at once; the others wait their turn (WeChat since 1.4.0). */
export const CONCURRENT_MAX = 10;
/** What the platforms wait for an answer, unless told otherwise. */
const TIMEOUT_MS = 60_000;
/** Requests that run when the application has been covered for so long fail. */
export const BACKGROUND_MS = 5000;

export class Requests {
  #phone;
  #clock;
  #realm;
  #life;
  #running = new Set();
  #waiting = [];
  /** After five seconds in the background nothing is sent. */
  interrupted = false;

  constructor({ phone, clock, realm, life }) {
    this.#phone = phone;
    this.#clock = clock;
    this.#realm = realm;
    this.#life = life;
  }

  /** How many run. */
  get running() {
    return this.#running.size;
  }

  /** Starts one; gives back what aborts it. `told(answer)` makes the result of it. */
  start(request, end, told) {
    const why = this.#unsendable(request);
    if (why) {
      end.failed(why);
      return () => {};
    }
    const job = { request, end, told, state: 'waiting', queued: this.#clock.now };
    job.abort = () => this.#end(job, 'abort');
    this.#waiting.push(job);
    this.#pump();
    return job.abort;
  }

  /** Five seconds in the background are over. */
  interrupt() {
    this.interrupted = true;
    for (const job of [...this.#running, ...this.#waiting]) this.#end(job, 'interrupted');
  }

  resume() {
    this.interrupted = false;
  }

  #unsendable({ url }) {
    if (this.interrupted) return 'interrupted';
    const origin = /^(https:\/\/[\w.-]+(?::\d+)?)(?:[/?]|$)/.exec(url)?.[1];
    if (!origin) return `invalid url "${url}"`;
    if (!this.#phone.domains.includes(origin)) return 'url not in domain list';
    return undefined;
  }

  #pump() {
    while (this.#running.size < CONCURRENT_MAX && this.#waiting.length) this.#run(this.#waiting.shift());
  }

  #run(job) {
    job.state = 'running';
    job.started = this.#clock.now;
    this.#running.add(job);
    job.timer = this.#clock.setTimer(() => this.#end(job, 'timeout'), job.request.timeout ?? TIMEOUT_MS, [], false);
    // A task of its own: an application may be killed before its request has left the phone.
    this.#clock.post('request leaves', () => this.#leave(job));
  }

  #leave(job) {
    if (job.state == 'ended') return;
    const sent = { ...job.request, headers: { ...lowered(job.request.headers), ...this.#phone.headers } };
    delete sent.timeout;
    this.#phone.sent.push(sent);
    job.answer = this.#phone.online ? this.#phone.serve(sent) : Promise.reject(new Error('no network'));
    this.#clock.real(job.answer).then(
      (got) => this.#end(job, undefined, got),
      (error) => this.#end(job, `network ${error.message}`),
    );
  }

  #end(job, why, answer) {
    if (job.state == 'ended') return;
    job.state = 'ended';
    this.#running.delete(job);
    this.#waiting = this.#waiting.filter((other) => other !== job);
    this.#clock.clearTimer(job.timer);
    this.#clock.abandon(job.answer);
    if (!this.#life.alive) return;
    if (why !== undefined) job.end.failed(why);
    else job.told(answer, { queued: job.queued, started: job.started, ended: this.#clock.now });
    this.#pump();
  }
}

const lowered = (headers = {}) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));

/** The body and content type that the platform makes of `data`. */
export function bodyOf(data, headers = {}) {
  const named = Object.keys(headers).find((name) => name.toLowerCase() == 'content-type');
  const type = named ? headers[named] : 'application/json';
  const whole = named ? headers : { 'content-type': type, ...headers };
  if (data === undefined || data === null) return { body: undefined, headers: whole };
  if (isBytes(data)) return { body: Buffer.from(new Uint8Array(data)), headers: whole };
  if (typeof data == 'string') return { body: Buffer.from(data), headers: whole };
  const text = type.startsWith('application/json') ? JSON.stringify(data) : new URLSearchParams(data).toString();
  return { body: Buffer.from(text), headers: whole };
}

/** What the application gets of a body. */
export function dataOf(body, { dataType = 'json', responseType = 'text' }, realm) {
  if (responseType == 'arraybuffer') return realm.bytes(body);
  const text = body.toString('utf8');
  if (dataType != 'json') return text;
  try {
    return realm.own(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Serves a phone's requests by real HTTP: `{ 'https://domain': 'http://127.0.0.1:port' }`. */
export function overHttp(places) {
  return async ({ url, method, headers, body }) => {
    const { origin, pathname, search } = new URL(url);
    if (!places[origin]) throw new Error(`no place for ${origin}`);
    const answer = await fetch(places[origin] + pathname + search, { method, headers, body });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: Buffer.from(await answer.arrayBuffer()) };
  };
}
