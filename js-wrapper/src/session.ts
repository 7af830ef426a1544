/**
 * The session as the core stores it, for the words of a page that the core never reached. The
 * layout and the time-outs are those of `sdk-wasm/src/session.rs`: version, whether it is kept,
 * 16 bytes of identifier, start and last activity in ms (8 bytes each), one character a byte.
 */
const KEY = 'dna.s';
const IDLE_MAX = 30 * 60_000;
const AGE_MAX = 12 * 3600_000;

/** The living session, or a new one that the next page finds. */
export function session(sampleRate: string | number = 1): { id: string; kept: boolean } {
  const now = Date.now();
  let stored = '';
  try {
    stored = localStorage[KEY] || '';
    const age = (at: number) => Math.abs(now - number(stored, at));
    if (stored.charCodeAt(0) != 1 || age(18) > AGE_MAX || age(26) > IDLE_MAX) stored = '';
  } catch {
    // No storage: a session of this page alone.
  }
  if (!stored) {
    const bytes = [1, Math.random() < +sampleRate ? 1 : 0];
    for (let at = 0; at < 16; at++) bytes.push((Math.random() * 256) | 0);
    const time = [7, 6, 5, 4, 3, 2, 1, 0].map((place) => Math.floor(now / 256 ** place) % 256);
    stored = String.fromCharCode(...bytes, ...time, ...time);
    try {
      localStorage[KEY] = stored;
    } catch {
      // The same.
    }
  }
  let id = '';
  for (let at = 2; at < 18; at++) id += (stored.charCodeAt(at) + 256).toString(16).slice(1);
  return { id, kept: stored.charCodeAt(1) == 1 };
}

function number(text: string, at: number): number {
  let value = 0;
  for (const end = at + 8; at < end; at++) value = value * 256 + text.charCodeAt(at);
  return value;
}
