/** Gives each event in its JSON form to the page's filter, and puts what it leaves in its place. */
import type { Told } from '../agent.js';
import { ATTRIBUTES_MAX, TEXT_MAX } from '../text.js';
import { decoded, encoded, type Item } from './cbor.js';
import { KINDS } from './fields.js';

/** Keys of an event's map. */
const KIND = 0;
const TIME = 1;
const BODY = 2;
/** Bytes of an attribute's name. */
const NAME_MAX = 64;

type Body = Map<number | string, Item>;

/** The page's `filter` for encoded events; nothing when it takes one out. It does so by `false`, or by failing. */
export function filtered(filter: unknown): (event: Uint8Array) => Uint8Array | undefined {
  if (typeof filter != 'function') throw new TypeError('allowed: a function. Nothing is sent.');
  let warned = false;
  return (bytes) => {
    const event = decoded(bytes) as Body;
    const kind = KINDS[event.get(KIND) as number];
    // A kind of a later release, which cannot be.
    if (!kind) return;
    const [name, fields] = kind;
    const told: Told = { kind: name, time: event.get(TIME) as number, body: {} };
    for (const [key, value] of event.get(BODY) as Body) told.body[fields[key as number]![0]] = plain(value);
    const before = JSON.stringify(told.body);
    try {
      if (filter(told) === false) return;
      if (JSON.stringify(told.body) == before) return bytes;
      const body: Body = new Map();
      for (const key in fields) {
        const [name, max, map] = fields[key]!;
        const value = map ? attributes(told.body[name]) : changed(told.body[name], max, (event.get(BODY) as Body).get(+key));
        if (value != null) body.set(+key, value);
      }
      return encoded(new Map<number, Item>([...(event as Map<number, Item>), [BODY, body]]));
    } catch (error) {
      if (!warned) console.warn('dna: beforeSend has failed, and the event is not sent:', error);
      warned = true;
      return;
    }
  };
}

function plain(value: Item): unknown {
  if (value instanceof Uint8Array) return [...value].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return value instanceof Map ? Object.fromEntries(value) : value;
}

/** A field's value, if it is still of the type that it was; a field that was not there may be a text. */
function changed(value: unknown, max: number, before: Item | undefined): Item | undefined {
  // Identifiers of ours stay as they are.
  if (before instanceof Uint8Array) return value == null ? undefined : before;
  if (typeof value != (before == null ? 'string' : typeof before)) return;
  if (typeof value == 'string') return max ? within(value, max) : undefined;
  return Number.isFinite(value) && (value as number) >= 0 ? (value as number) : undefined;
}

function attributes(value: unknown): Body | undefined {
  if (!value || typeof value != 'object') return;
  const map: Body = new Map();
  for (const [name, it] of Object.entries(value)) {
    const known = typeof it == 'string' || typeof it == 'boolean' || Number.isFinite(it);
    if (known && map.size < ATTRIBUTES_MAX && within(name, NAME_MAX) == name) map.set(name, typeof it == 'string' ? within(it, TEXT_MAX) : it);
  }
  return map.size ? map : undefined;
}

/** The beginning of a text that has at most `max` bytes, lone surrogates replaced. */
function within(text: string, max: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= max) return new TextDecoder().decode(bytes);
  // A character that is cut decodes as U+FFFD.
  return new TextDecoder().decode(bytes.subarray(0, max)).replace(/\ufffd$/, '');
}
