/** Reads frames with a CBOR decoder that is none of ours, by the numbers that `tests/golden/keys.txt` promises. */
import { readFileSync } from 'node:fs';
import { decode } from 'cborg';
import { unpacked } from './packed.js';

/** Short names for what tests ask for most; other fields have the wire's. */
const SHORT = {
  'exception.stacktrace': 'stack',
  'url.full': 'url',
  'element.name': 'element',
  'user.id': 'id',
  'user.tier': 'tier',
  duration_ms: 'duration',
  'error.type': 'error',
  'network.protocol.name': 'protocol',
  'initiator_type': 'initiator',
  'browser.web_vital.time': 'at',
  'browser.web_vital.script.url': 'script_url',
  'browser.web_vital.script.invoker': 'script_invoker',
  'browser.web_vital.script.duration': 'script_duration',
  'http.request.method': 'method',
  'http.response.status_code': 'status',
  'code.file.path': 'file',
  'code.line.number': 'line',
  'code.column.number': 'column',
};
const short = (name) => SHORT[name] ?? name.replace(/^(browser\.web_vital|exception|event|element|navigation|document|user_action|transaction|mark|log)\./, '');

const HEADER = [];
const KINDS = {};
for (const line of readFileSync(new URL('../../tests/golden/keys.txt', import.meta.url), 'utf8').split('\n')) {
  const header = /^header: (\d+) (\S+)/.exec(line);
  if (header) HEADER[header[1]] = header[2];
  const field = /^(\d+) (\w+): (\d+) (\S+)/.exec(line);
  if (field) (KINDS[field[1]] ??= [field[2], {}])[1][field[3]] = short(field[4]);
}
const VIEWS = HEADER.indexOf('views');
const tags = [];
tags[55799] = (decodeItem) => decodeItem();

/** A request's frame: { header fields…, events: [{ kind, time, …fields }] }. */
export async function frame(request) {
  const bytes = new Uint8Array(unpacked(await request.bytes));
  if (bytes[0] === 0x7b) return JSON.parse(Buffer.from(bytes).toString());
  if (Buffer.from(bytes.subarray(0, 3)).toString('hex') !== 'd9d9f7') throw new Error('no tag');
  const map = decode(bytes, { useMaps: true, tags });
  const read = { events: map.get(15).map(event) };
  HEADER.forEach((name, key) => map.has(key) && (read[name] = plain(map.get(key))));
  if (map.has(VIEWS)) read.views = map.get(VIEWS).map((view) => ({ 'view.id': plain(view.get(5)), 'url.full': view.get(6) }));
  return read;
}

/** What a frame says of the view of one of its events: its identifier and address. */
export const viewOf = (read, { view = 0 }) => read.views?.[view] ?? read;

function event(map) {
  const [kind, fields] = KINDS[map.get(0)];
  const read = { kind, time: map.get(1) };
  if (map.has(3)) read.view = map.get(3);
  for (const [key, value] of map.get(2)) if (fields[key]) read[fields[key]] = plain(value);
  return read;
}

function plain(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof Map) return Object.fromEntries(value);
  return value;
}

/** All events of these requests, in their order. */
export async function events(requests) {
  const frames = await Promise.all(requests.map(frame));
  return frames.flatMap((read) => read.events);
}
