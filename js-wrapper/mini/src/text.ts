/** UTF-8 for engines without TextEncoder and TextDecoder; lone surrogates become U+FFFD, as theirs do. */

/** The code point at `at`, which takes two units of the text when it is above 0xFFFF. */
function codePoint(text: string, at: number): number {
  const code = text.codePointAt(at) as number;
  return code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
}

/** How many bytes `text` takes. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = codePoint(text, at);
    if (code > 0xffff) at++;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code > 0xffff ? 4 : 3;
  }
  return length;
}

/** Writes `text` from `to` on; gives back where it ends. */
export function writeUtf8(text: string, view: DataView, to: number): number {
  for (let at = 0; at < text.length; at++) {
    const code = codePoint(text, at);
    if (code < 0x80) {
      view.setUint8(to++, code);
      continue;
    }
    if (code > 0xffff) {
      at++;
      view.setUint8(to++, 0xf0 | (code >> 18));
      view.setUint8(to++, 0x80 | ((code >> 12) & 0x3f));
    } else if (code > 0x7ff) {
      view.setUint8(to++, 0xe0 | (code >> 12));
    }
    view.setUint8(to++, code > 0x7ff ? 0x80 | ((code >> 6) & 0x3f) : 0xc0 | (code >> 6));
    view.setUint8(to++, 0x80 | (code & 0x3f));
  }
  return to;
}

/** The text of well-formed UTF-8. */
export function readUtf8(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at++];
    const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let code = more ? first & (0x3f >> more) : first;
    for (let left = more; left--; ) code = (code << 6) | (bytes[at++] & 0x3f);
    text += String.fromCodePoint(code);
  }
  return text;
}
