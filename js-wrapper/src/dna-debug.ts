/**
 * `dna-debug.js`: prints each frame on the console, what is in it and what ingest says of it. Loaded
 * for pages with `data-debug` only. Only `console.log` is used: what others report of a console are
 * warnings and errors.
 */
import { initSync, read } from '../generated/debug/dna_sdk_debug.js';

/** The hash of `dna-debug.wasm`, put in by `build.js`. */
declare const DEBUG_WASM_INTEGRITY: string;

interface Frame {
  events: { kind: string; time: number; body: object }[];
  [name: string]: unknown;
}

/** What `sdk-wasm/debug` gives: a frame, or why it is none. */
type Read = { form: string; frame: Frame; wrong: string[] } | string;

/** Shows the bytes of a frame, whether a beacon was taken, or the answer, and how many bytes were sent. */
export type Show = (bytes: Uint8Array, outcome: boolean | Promise<Response>, sent: number) => void;

/** Gives back what prints a frame; undefined when there can be none, and the console says why. */
export async function debug(fetch: typeof window.fetch): Promise<Show | undefined> {
  const url = new URL('dna-debug.wasm', import.meta.url);
  const response = await fetch.call(window, url, { priority: 'low', integrity: DEBUG_WASM_INTEGRITY } as RequestInit);
  if (!response.ok) throw new Error(`${url} is answered with ${response.status}`);
  const bytes = await response.arrayBuffer();
  try {
    initSync({ module: await WebAssembly.compile(bytes) });
  } catch {
    console.warn(
      "dna: debug needs Wasm, and this page may not compile any: allow 'wasm-unsafe-eval' in the script-src of its Content-Security-Policy",
    );
    return;
  }
  console.log('dna: debug is on: each frame is printed when it is answered. A session that the sample rate leaves out sends none.');
  return show;
}

/** Never throws: it is called while the frame is sent. */
function show(bytes: Uint8Array, outcome: boolean | Promise<Response>, sent: number): void {
  try {
    // Now: the bytes are the Wasm's memory.
    const found: Read = read(bytes);
    const size = sent < bytes.length ? `${bytes.length} bytes, sent in ${sent}` : `${sent} bytes`;
    // At once: the page may be gone in a moment.
    if (typeof outcome == 'boolean') return print(found, size, outcome ? 'given to a beacon, which has no answer' : 'refused by sendBeacon');
    outcome
      .then(async (response) => said(response.status, await response.clone().text()))
      .catch((error): Said => [`no answer: ${error}`, {}])
      .then(([words, answer]) => print(found, size, words, answer));
  } catch (error) {
    console.log('dna → a frame that cannot be shown:', error);
  }
}

/** What ingest answers with: the acknowledgement, or a problem (RFC 9457). */
interface Answer {
  accepted?: number;
  duplicate?: boolean;
  rejected?: { index: number; code: string; detail: string }[];
  rejected_count?: number;
  title?: string;
  detail?: string;
}

type Said = [words: string, answer: Answer];

function said(status: number, text: string): Said {
  let answer: Answer = {};
  try {
    answer = JSON.parse(text);
  } catch {
    // A proxy's page.
  }
  const again = status == 408 || status == 429 || status >= 500;
  const words =
    status >= 200 && status < 300
      ? `acknowledged${answer.duplicate ? ' before' : ''}`
      : `${again ? 'not kept, is sent again' : 'refused'}: ${status} ${answer.detail || answer.title || ''}`;
  return [answer.rejected_count ? `${words}, ${answer.rejected_count} events refused` : words, answer];
}

const counted = (count: number, what: string) => `${count} ${what}${count == 1 ? '' : 's'}`;

function print(found: Read, size: string, outcome: string, answer: Answer = {}): void {
  const { log } = console;
  if (typeof found == 'string') return log(`dna → ${size}, ${outcome}; ${found}`);
  const { events, ...header } = found.frame;
  console.groupCollapsed(`dna → ${counted(events.length, 'event')}, ${size}, sequence ${header.sequence}, ${outcome}`);
  log(`header (${found.form})`, header);
  events.forEach(({ kind, time, body }, at) => log(`${at} ${kind} at ${time} ms`, body));
  for (const sentence of found.wrong) log(`✗ ${sentence}`);
  for (const { index, code, detail } of answer.rejected ?? []) log(`✗ event ${index} refused, ${code}: ${detail}`);
  for (const [name, count] of Object.entries(header)) {
    if (name.startsWith('dropped.')) log(`✗ ${name}: ${counted(count as number, 'event')} since the frame before`);
  }
  if (answer.accepted != null || answer.detail) log('answer', answer);
  console.groupEnd();
}
