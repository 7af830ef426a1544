/**
 * Tells the servers that the bank trusts with it which trace a call belongs to (W3C Trace Context), so
 * that what they did is found by what the customer saw.
 */
import { random } from './random';

const NAME = 'traceparent';

/** Puts the header into a call's options, where it is to be traced; the header's value, or none. */
export type Trace = (options: { [name: string]: unknown }, headers: string) => string;

/** `origins`: such as `https://api.bank.example`, as a list or separated by spaces or commas. */
export function traces(origins: string | string[] | undefined): Trace {
  const words = Array.isArray(origins) ? origins : String(origins || '').split(/[\s,]+/).filter(Boolean);
  const trusted = words.map((word) => {
    const found = originOf(word);
    if (!found) console.warn(`dna: traceOrigins has ${word}; allowed: origins such as https://api.bank.example. It is left out.`);
    return found;
  });
  return (options, headers) => {
    const origin = originOf(options.url);
    if (!origin || trusted.indexOf(origin) < 0) return '';
    // Alipay takes both names.
    const name = options.headers ? 'headers' : options.header ? 'header' : headers;
    const told = (options[name] || {}) as { [name: string]: unknown };
    const own = Object.keys(told).filter((key) => key.toLowerCase() == NAME)[0];
    if (own) return String(told[own]);
    const made = `00-${hex(4)}-${hex(2)}-01`;
    options[name] = Object.assign({}, told, { [NAME]: made });
    return made;
  };
}

/**
 * The origin of an address, without its scheme's own port; empty for what is none, and where its readers may
 * differ about the host: one with user information (`https://bank@other`), a backslash or white space in it.
 */
function originOf(address: unknown): string {
  const found = /^(https?):\/\/([^/?#@\\\s]+)(?:[/?#]|$)/i.exec(String(address));
  if (!found) return '';
  const [, scheme, host] = found.map((part) => part.toLowerCase());
  return `${scheme}://${host.replace(scheme == 'https' ? /:443$/ : /:80$/, '')}`;
}

/** So many random words of 32 bits in hex. */
function hex(words: number): string {
  let digits = '';
  while (words--) digits += ((random() >>> 0) + 0x100000000).toString(16).slice(1);
  return digits;
}
