/** Unpacks packed frames (docs/protocol.md, "Packed") by a reader that is none of ours, so that it can find ours wrong. */

/** The tag, and the head of an array of two. */
const OPENING = 'd9d9f782';

/** What the tag is in base64. */
const TEXT = '2dn3';

/** The frame in a body, or the body itself when it is not packed. Either may be written as base64. */
export function unpacked(body) {
  const raw = Buffer.from(body);
  const isText = raw.subarray(0, 4).toString('latin1') === TEXT;
  const bytes = isText ? Buffer.from(raw.toString('latin1'), 'base64') : raw;
  if (bytes.subarray(0, 4).toString('hex') !== OPENING) return bytes;
  const length = head(bytes, 4, 0);
  const block = head(bytes, length.end, 2);
  if (block.end + block.value !== bytes.length) throw new Error(`a block of ${block.value} bytes in a body of ${bytes.length}`);
  const frame = unblocked(bytes.subarray(block.end));
  if (frame.length !== length.value) throw new Error(`unpacks to ${frame.length} bytes and says ${length.value}`);
  return frame;
}

/** The number in the head of a CBOR item of this major type, at most of 4 bytes, and where it ends. */
function head(bytes, at, major) {
  if (bytes[at] >> 5 !== major) throw new Error(`byte ${at} is ${bytes[at]}, no item of type ${major}`);
  const info = bytes[at] & 31;
  if (info < 24) return { value: info, end: at + 1 };
  const size = 1 << (info - 24);
  return { value: bytes.readUIntBE(at + 1, size), end: at + 1 + size };
}

/** What an LZ4 block holds. */
function unblocked(block) {
  const out = [];
  let at = 0;
  const rest = (nibble) => {
    let length = nibble;
    if (nibble === 15) do length += block[at]; while (block[at++] === 255);
    return length;
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = rest(token >> 4);
    out.push(...block.subarray(at, at + literals));
    at += literals;
    if (at >= block.length) break;
    const distance = block.readUInt16LE(at);
    at += 2;
    if (!distance || distance > out.length) throw new Error(`a repeat from ${distance} bytes before byte ${out.length}`);
    for (let left = rest(token & 15) + 4; left--; ) out.push(out[out.length - distance]);
  }
  return Buffer.from(out);
}
