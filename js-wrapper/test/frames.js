/** Reads frames with a CBOR decoder that is none of ours, by the numbers of docs/protocol.md. */
import { decode } from 'cborg';

const HEADER = [
  'sent_at_ms', 'app_key', 'session.id', 'sequence', 'time_base_ms', 'view.id', 'url.full',
  'service.version', 'telemetry.sdk.name', 'telemetry.sdk.version', 'attempt',
  'dropped.queue_full', 'dropped.rate_limited', 'sample_percent',
];
const EXCEPTION = { 1: 'type', 2: 'message', 3: 'stack', 4: 'file', 5: 'line', 6: 'column' };
const KINDS = {
  1: ['page_view', { 1: 'type', 2: 'referrer', 3: 'response_start', 8: 'load_event_end', 24: 'protocol', 25: 'status' }],
  2: ['web_vital', {
    1: 'name', 2: 'value', 3: 'element', 4: 'url', 5: 'load_state', 6: 'at', 7: 'largest_shift',
    8: 'time_to_first_byte', 9: 'resource_load_delay', 10: 'resource_load_duration',
    11: 'element_render_delay', 12: 'interaction_type', 13: 'input_delay',
    14: 'processing_duration', 15: 'presentation_delay', 16: 'script_url', 17: 'script_invoker',
    18: 'script_duration',
  }],
  3: ['exception', EXCEPTION],
  4: ['unhandled_rejection', EXCEPTION],
  5: ['resource_failure', { 1: 'url', 2: 'element' }],
  6: ['api_call', { 1: 'method', 2: 'url', 3: 'status', 4: 'duration', 5: 'error', 6: 'initiator' }],
  7: ['custom', { 1: 'name', 2: 'attributes' }],
  8: ['identity', { 1: 'id', 3: 'tier', 4: 'attributes' }],
};
const tags = [];
tags[55799] = (decodeItem) => decodeItem();

/** A request's frame: { header fields…, events: [{ kind, time, …fields }] }. */
export async function frame(request) {
  const bytes = new Uint8Array(await request.bytes);
  if (bytes[0] === 0x7b) return JSON.parse(Buffer.from(bytes).toString());
  if (Buffer.from(bytes.subarray(0, 3)).toString('hex') !== 'd9d9f7') throw new Error('no tag');
  const map = decode(bytes, { useMaps: true, tags });
  const read = { events: map.get(15).map(event) };
  HEADER.forEach((name, key) => map.has(key) && (read[name] = plain(map.get(key))));
  return read;
}

function event(map) {
  const [kind, fields] = KINDS[map.get(0)];
  const read = { kind, time: map.get(1) };
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
