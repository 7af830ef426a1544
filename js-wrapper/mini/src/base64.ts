/** Bytes as text for storages that keep texts; the engines have no btoa. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const three = (bytes[at] << 16) | ((left > 1 ? bytes[at + 1] : 0) << 8) | (left > 2 ? bytes[at + 2] : 0);
    text += DIGITS[three >> 18] + DIGITS[(three >> 12) & 63];
    if (left > 1) text += DIGITS[(three >> 6) & 63];
    if (left > 2) text += DIGITS[three & 63];
  }
  return text;
}

/** The bytes; undefined for what is no base64 of ours. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array((text.length * 3) >> 2);
  let [bits, count, to] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const digit = DIGITS.indexOf(text[at]);
    if (digit < 0) return;
    bits = (bits << 6) | digit;
    count += 6;
    if (count >= 8) bytes[to++] = (bits >> (count -= 8)) & 255;
  }
  return bytes;
}
