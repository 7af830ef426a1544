/** `dna-mini`: measures a mini program. `init` is the first line of `app.js`. */
import { start } from './core';
import { attempt, findHost } from './hosts';
import { device } from './device';
import { errors, described } from './errors';
import { launch } from './launch';
import { lifecycle } from './lifecycle';
import { missing } from './missing';
import { pageLoads } from './page-loads';
import { pages } from './pages';
import { performance } from './performance';
import { queue } from './queue';
import { Kind, type Sink, type Value } from './record';
import { requests } from './requests';
import { updates } from './updates';

/** Free attributes: what is no text, number or boolean is left out. */
export type Attributes = { [name: string]: string | number | boolean | undefined };

/** What `init` takes. */
export interface Options {
  /** The application's key. */
  key: string;
  /** Where ingest is, an https address: its domain has to be among those that the platform allows for requests. */
  endpoint: string;
  /** The application's release. */
  release?: string;
  /** The share of sessions that are kept, 0 to 1. */
  sampleRate?: number;
  /** What the user has agreed to, `pending` when absent. Without consent nothing is stored or sent. */
  consent?: 'granted' | 'pending' | 'denied';
  /** Whether the device gets an identifier over its sessions; only with consent `granted`. */
  visitor?: boolean;
  /** Tiers of users whose sessions are always kept. */
  vipTiers?: string;
  /** Origins whose servers are told the trace of a call, such as `https://api.bank.example`. */
  traceOrigins?: string | string[];
  /**
   * Objects by which the application makes requests, beside the platform's own, that have taken its functions over
   * before `init`: uni-app's `uni`.
   */
  apis?: object[];
  /** Parameters of addresses that may stay. */
  urlParams?: string;
  /**
   * Where the core is in the package: a path to `dna.wasm` or `dna.wasm.br`, or what gives it when it is there, as
   * when its sub-package has loaded. False: never as Wasm.
   */
  wasm?: string | false | (() => string | Promise<string>);
  /**
   * Alipay: the Worker that the core runs in, `dna-worker.js` by its path in the package as `workers` of `app.json` has it.
   * Absent: no Worker, and the core runs as JavaScript in the logic layer.
   */
  worker?: string;
  /** The core as JavaScript from elsewhere, such as a sub-package that is loaded when it is needed. */
  core?: () => CoreModule | Promise<CoreModule>;
}

/** The core as JavaScript: what `dna-wasm2js.js` exports. */
export interface CoreModule {
  instantiate(imports: object): object;
}

/** A step of the application's that takes its time. */
export interface Transaction {
  /** It went well. */
  end(attributes?: Attributes): void;
  /** It did not. */
  fail(attributes?: Attributes): void;
}

/** What is allowed now. */
export interface Allows {
  /** To tell servers of a trace: only with consent. */
  telling(): boolean;
  /** To ask the platform for more than it tells by itself: not while consent is denied. */
  asking(): boolean;
}

/** The options that the core reads itself. */
const TOLD = ['key', 'endpoint', 'release', 'sampleRate', 'visitor', 'vipTiers', 'urlParams'] as const;

/** In the order in which they are called where several see the same. */
const HOOKS = [errors, requests, lifecycle, launch, pages, pageLoads, updates, device, missing, performance];

let sink: Sink | undefined;
/** What the user has said last. */
let said: string;
let stopped = false;
/** What the hooks may do by that, and while nobody has called `stop`. */
const allows: Allows = {
  telling: () => said == 'granted' && !stopped,
  asking: () => said != 'denied' && !stopped,
};
/** The options as the core reads them when it starts, `consent` first. */
let told: string[] = [];
/** Hooks are not taken out of the platform's functions, so they go in once. */
let hooked = false;
/** Erases what was stored, whether there is a core or not. */
let erase: (() => void) | undefined;

/** Hooks the application and starts the core. Call it once, before `App()`. Never throws. */
export function init(options: Options): void {
  const host = attempt(findHost, undefined);
  if (hooked || !host || !options) return;
  hooked = true;
  const [push, run, end] = queue();
  sink = push;
  const opened = attempt(() => host.api.getLaunchOptionsSync && host.api.getLaunchOptionsSync(), undefined);
  const consent = attempt(() => String(options.consent || 'pending'), 'pending');
  said = consent;
  told = ['consent', consent, 'platform', host.name, 'path', (opened && opened.path) || ''];
  for (const name of TOLD) attempt(() => options[name] != null && told.push(name, String(options[name])), 0);
  // Its own requests go by what is there before the hooks.
  const starting = start(host, options, told);
  erase = starting.erase;
  for (const hook of HOOKS) attempt(() => hook(host, push, options, allows), undefined);
  starting.running.then(run).catch((error) => {
    end();
    if (options.consent == 'denied') starting.erase();
    console.warn('dna: there is no core; nothing is measured', error);
  });
}

function call(name: string, ...values: Value[]): void {
  // What the user decides holds for what is still being sent.
  if (sink && (!stopped || name == 'consent')) sink(Kind.Call, Date.now(), name, ...values);
}

/** Attributes of one call: the core takes 32 of them. */
const ATTRIBUTES_MAX = 40;

/** Names and values, one after the other. */
function listed(attributes: Attributes | undefined): Value[] {
  const values: Value[] = [];
  for (const name of attempt(() => Object.keys(attributes || {}).slice(0, ATTRIBUTES_MAX), [])) {
    const value = attempt(() => (attributes as Attributes)[name], undefined);
    if (['string', 'number', 'boolean'].indexOf(typeof value) >= 0) values.push(name, value);
  }
  return values;
}

/** An id or name: a text, or a number as one. Empty for anything else, which the core refuses with a warning. */
function named(name: unknown): string {
  // NaN would be one user of all who have no number.
  return typeof name == 'string' || (typeof name == 'number' && isFinite(name)) ? String(name) : '';
}

/** From here on the session's user is known. Call it whenever somebody has signed in. */
export function setUser(id: string | number, attributes?: Attributes & { tier?: string }): void {
  call('setUser', named(id), ...listed(attributes));
}

/** From here on the session's user is no longer known. */
export function clearUser(): void {
  call('clearUser');
}

/** Something of the application's own has happened. */
export function event(name: string, attributes?: Attributes): void {
  call('event', named(name), ...listed(attributes));
}

/** A moment of the application's own. */
export function mark(name: string): void {
  call('mark', named(name));
}

/** The page that is shown is called so. */
export function route(name: string): void {
  call('route', named(name));
}

/** An error that the application has caught itself. */
export function error(error: unknown): void {
  call('error', ...described(error));
}

/**
 * Begins a step that takes its time, such as an SMS code that arrives. After ten minutes nobody waits
 * for it any more. A name is open once: beginning it again abandons the one before.
 */
export function transaction(name: string, attributes?: Attributes): Transaction {
  call('transaction', named(name), ...listed(attributes));
  return {
    end: (attributes) => call('end', named(name), ...listed(attributes)),
    fail: (attributes) => call('fail', named(name), ...listed(attributes)),
  };
}

/** What the user has agreed to. Say it at each launch: it is not stored here. */
export function consent(state: 'granted' | 'pending' | 'denied'): void {
  // The core begins with the least that was agreed to: what an earlier launch has stored is not sent before that.
  if (told[1] != 'denied' && state != 'granted') told[1] = state == 'denied' ? state : 'pending';
  said = state;
  if (state == 'denied' && erase) erase();
  call('consent', state);
}

/** Sends what was seen and measures no more until the next launch. */
export function stop(): void {
  if (sink && !stopped) sink(Kind.Stop, Date.now());
  stopped = true;
}
