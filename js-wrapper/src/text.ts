/** Texts within the bounds of the wire (`protocol/src/model`), which count bytes of UTF-8. */

/** Attributes of one event. */
export const ATTRIBUTES_MAX = 32;
/** Bytes of one attribute's text. */
export const TEXT_MAX = 512;

/** The beginning of a text, at most `max` bytes in any script. */
export const cut = (text: string, max: number): string => {
  text = text.slice(0, max);
  return /[^\0-\x7f]/.test(text) ? text.slice(0, max / 3) : text;
};

/**
 * The same without the queries of addresses, long numbers and e-mail addresses: the pattern is
 * coarser than the core's, and what it lets pass ingest takes out.
 */
export const clean = (text: unknown, max: number): string =>
  cut(
    `${text}`
      .slice(0, 2 * max)
      .replace(/(\/[^\s?#)"']*)[?#][^\s)"':]*/g, '$1')
      .replace(/[\w.+-]+@[\w-]+\.[a-z][\w.-]+/gi, '{email}')
      .replace(/\d(?:[ -]?\d){8,}/g, '{number}'),
    max,
  );
