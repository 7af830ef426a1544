/**
 * What ingest says of this application: whether it is measured, and which share of its sessions.
 * Signed with Ed25519, so that whoever can answer for ingest, or write to the storage of the page,
 * cannot switch the bank's measuring off.
 *
 * The page never waits for it: it goes by what the last page was told, while it asks for the next.
 */
import type { Options } from './agent.js';
import { agreed } from './consent.js';

/** Ingest's answer, as it is kept for the next page: what is signed stays the text that it was. */
interface Signed {
  config: string;
  signature: string;
  /** When it was asked for; not signed. */
  at?: number;
}

interface Config {
  key: string;
  /** In ms since the Unix epoch. */
  issued_at: number;
  enabled?: boolean;
  /** 0 to 1; absent: the page's own. */
  sample_rate?: number;
}

/** How long ingest may take to answer. Nobody waits, but a request that hangs takes a connection. */
const ANSWER_MAX_MS = 5000;
/** Characters of an answer: a few names and numbers. */
const ANSWER_MAX = 4096;
/** A page of somebody who comes back later than that starts as its tag says. */
const AGE_MAX_MS = 7 * 24 * 3600_000;

const warn = (...words: unknown[]) => console.warn('dna: remote configuration:', ...words);

/** Applies what is known by now, and asks ingest. Changes the `options`, or calls `stop`. */
export async function remoteConfig(options: Options, fetch: typeof window.fetch, stop: () => void): Promise<void> {
  const verify = await verifier(options.configKey!);
  if (!verify) return;
  const name = `dna.c.${options.key}`;
  const apply = ({ enabled, sample_rate }: Config) => {
    if (enabled === false) stop();
    // Of sessions that begin from now on, on this page if the core has not started yet.
    if (sample_rate != null) options.sampleRate = sample_rate;
  };
  // What is stored is the visitor's to allow; what is asked for says nothing of the visitor.
  if (options.consent == 'denied') return;
  const kept = agreed(options) && stored(name);
  const known = kept ? await checked(kept, options.key, verify) : undefined;
  if (known) apply(known);
  ask(options, fetch)
    .then(async (answer) => {
      const config = answer && (await checked(answer, options.key, verify));
      if (!config) return;
      if (known && config.issued_at < known.issued_at) return warn('an older one than the last is ignored');
      apply(config);
      if (agreed(options)) keep(name, answer);
    })
    .catch((error) => warn('not asked:', error));
}

type Verify = (signed: Signed) => Promise<boolean>;

/** What tells whether a signature is right; undefined where nothing can, and the console says why. */
async function verifier(configKey: string): Promise<Verify | undefined> {
  let raw: Uint8Array<ArrayBuffer> | undefined;
  try {
    raw = bytes(configKey);
  } catch {
    // No base64.
  }
  if (raw?.length != 32) {
    return void warn('configKey is no key; allowed: the base64 of 32 bytes that `ingest check-config` shows');
  }
  try {
    const key = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
    return async ({ config, signature }) =>
      crypto.subtle.verify('Ed25519', key, bytes(signature), new TextEncoder().encode(config));
  } catch {
    warn('this browser, or a page without https, has no Ed25519: it is ignored');
  }
}

const bytes = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** The configuration, if it is signed, and this application's. */
async function checked(signed: Signed, key: string | undefined, verify: Verify): Promise<Config | undefined> {
  // What cannot be read is no signature.
  if (!(await verify(signed).catch(() => false))) return void warn('the signature is wrong: it is ignored');
  const config: Config = JSON.parse(signed.config);
  if (config.key != key) return void warn(`it is that of ${config.key}: it is ignored`);
  return config;
}

/** What the last page was told. */
function stored(name: string): Signed | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(name)!);
    if (Math.abs(Date.now() - kept.at) < AGE_MAX_MS) return kept;
  } catch {
    // Nothing, or somebody else's.
  }
}

/** Keeps what is right for the next page. */
function keep(name: string, signed: Signed): void {
  try {
    localStorage.setItem(name, JSON.stringify({ ...signed, at: Date.now() }));
  } catch {
    // Full or forbidden: each page asks anew.
  }
}

/** What ingest answers beside the endpoint; undefined when it has none. */
async function ask({ endpoint, key }: Options, fetch: typeof window.fetch): Promise<Signed | undefined> {
  const beacons = `${endpoint}`.replace(/^(https?:\/\/[^/]+)\/?$/, '$1/v1/beacon');
  const url = new URL(`config?key=${encodeURIComponent(key!)}`, new URL(beacons, document.baseURI));
  const init = { credentials: 'omit', priority: 'low', signal: AbortSignal.timeout(ANSWER_MAX_MS) };
  const response = await fetch.call(window, url, init as RequestInit);
  if (!response.ok) return void warn(`${url} is answered with ${response.status}`);
  const text = await response.text();
  if (text.length > ANSWER_MAX) return void warn('it is too long');
  return JSON.parse(text);
}
