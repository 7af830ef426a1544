/** What a hook has seen, in the bytes that the core reads: `sdk-wasm/src/mini/record.rs` describes them. */
import { Kind } from '../../src/kind';
import { utf8Length, writeUtf8 } from './text';

export { Kind };

export type Value = string | number | boolean | undefined | null;

export type Record = [kind: Kind, time: number, ...values: Value[]];

/** Whether a record tells of an error. */
export function isFailure([kind, , name]: Record): boolean {
  return kind == Kind.Error || kind == Kind.Rejection || (kind == Kind.Call && name == 'error');
}

/** Takes records; never throws. */
export type Sink = (...record: Record) => void;

const HEAD_BYTES = 9;
const enum Tag {
  Nothing,
  False,
  True,
  Number,
  Text,
}

/** Characters of one text: the longest that the wire takes is a stack, of half of that. */
const TEXT_MAX = 16 * 1024;

/** Writes `record` to where `room` says that there are so many bytes. */
export function write(record: Record, room: (length: number) => DataView): void {
  const values = record.slice(2) as Value[];
  const texts = values.map((value) => (typeof value == 'string' ? value.slice(0, TEXT_MAX) : ''));
  const lengths = texts.map(utf8Length);
  const size = values.reduce<number>((sum, value, at) => sum + 1 + sizeOf(value, lengths[at]), HEAD_BYTES);
  const view = room(size);
  view.setUint8(0, record[0]);
  view.setFloat64(1, record[1], true);
  let at = HEAD_BYTES;
  values.forEach((value, index) => {
    const tag = tagOf(value);
    view.setUint8(at++, tag);
    if (tag == Tag.Number) {
      view.setFloat64(at, value as number, true);
      at += 8;
    } else if (tag == Tag.Text) {
      view.setUint32(at, lengths[index], true);
      at = writeUtf8(texts[index], view, at + 4);
    }
  });
}

function tagOf(value: Value): Tag {
  if (typeof value == 'string') return Tag.Text;
  if (typeof value == 'number') return Tag.Number;
  return value === true ? Tag.True : value === false ? Tag.False : Tag.Nothing;
}

function sizeOf(value: Value, length: number): number {
  const tag = tagOf(value);
  return tag == Tag.Number ? 8 : tag == Tag.Text ? 4 + length : 0;
}
