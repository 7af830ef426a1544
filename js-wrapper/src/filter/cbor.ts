/** As much of CBOR (RFC 8949) as events are made of: what `protocol/src/cbor` writes and reads. */

export type Item = number | string | boolean | Uint8Array | Map<number | string, Item>;

/** Reads the one item that the bytes are. */
export function decoded(bytes: Uint8Array): Item {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const taken = (count: number) => bytes.subarray(at, (at += count));
  const argument = (info: number): number => {
    const size = info < 24 ? 0 : 2 ** (info - 24);
    const from = at;
    at += size;
    if (size == 8) return Number(view.getBigUint64(from));
    return size == 4 ? view.getUint32(from) : size == 2 ? view.getUint16(from) : size ? bytes[from]! : info;
  };
  const item = (): Item => {
    const [head] = taken(1);
    const major = head! >> 5;
    const info = head! & 31;
    if (major == 7) {
      if (info < 24) return info == 21;
      const from = at;
      at += 2 ** (info - 24);
      return info == 25 ? half(view.getUint16(from)) : info == 26 ? view.getFloat32(from) : view.getFloat64(from);
    }
    const value = argument(info);
    if (major == 0) return value;
    if (major == 1) return -1 - value;
    if (major == 2) return taken(value);
    if (major == 3) return new TextDecoder().decode(taken(value));
    const map = new Map<number | string, Item>();
    for (let pair = 0; pair < value; pair++) map.set(item() as number | string, item());
    return map;
  };
  return item();
}

/** A float of 16 bits (RFC 8949, appendix D). */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const value = exponent ? (1024 + fraction) * 2 ** (exponent - 25) : fraction * 2 ** -24;
  return bits >> 15 ? -value : value;
}

/** The bytes of an item. Whole numbers are integers, all others floats of 64 bits. */
export function encoded(item: Item): Uint8Array {
  const out: number[] = [];
  const number = (value: number, size: number) => {
    const bytes = new DataView(new ArrayBuffer(8));
    if (size) bytes.setBigUint64(0, BigInt(value));
    else bytes.setFloat64(0, value);
    for (let place = size ? 8 - size : 0; place < 8; place++) out.push(bytes.getUint8(place));
  };
  const head = (major: number, value: number) => {
    const size = value < 24 ? 0 : value < 256 ? 1 : value < 65536 ? 2 : value < 2 ** 32 ? 4 : 8;
    out.push((major << 5) | (size ? 24 + Math.log2(size) : value));
    if (size) number(value, size);
  };
  const write = (item: Item) => {
    if (typeof item == 'boolean') return out.push(item ? 0xf5 : 0xf4);
    if (typeof item == 'number') {
      if (!Number.isSafeInteger(item) || Object.is(item, -0)) return out.push(0xfb), number(item, 0);
      return item < 0 ? head(1, -1 - item) : head(0, item);
    }
    if (item instanceof Map) {
      head(5, item.size);
      for (const pair of item) pair.forEach(write);
      return;
    }
    const bytes = typeof item == 'string' ? new TextEncoder().encode(item) : item;
    head(typeof item == 'string' ? 3 : 2, bytes.length);
    for (const byte of bytes) out.push(byte);
  };
  write(item);
  return Uint8Array.from(out);
}
