// What stands where ingest is in tests of the client alone: it answers as ingest does, remembers what
// it took, and can be slow, deaf or away.

import { frame } from '../../../js-wrapper/test/frames.js';

export const ENDPOINT = 'https://dna.bank.example';
export const API = 'https://api.bank.example';

export class Intake {
  /** The frames that were taken, in their order, each time that they came. */
  taken = [];
  /** `well`, `busy` (503), `deaf` (takes a frame and never answers), `away` (takes nothing). */
  state = 'well';

  /** Serves a phone: frames, and the bank's own calls. */
  serve = async ({ url, body }) => {
    if (url.startsWith(API)) return answer(200, {});
    if (!url.startsWith(ENDPOINT)) throw new Error(`nobody serves ${url}`);
    if (this.state == 'away') throw new Error('no route');
    if (this.state == 'busy') return answer(503, { error: 'overloaded' }, { 'retry-after': '1' });
    const read = await frame({ bytes: new Uint8Array(body) });
    this.taken.push(read);
    if (this.state == 'deaf') throw new Error('connection reset');
    return answer(200, { accepted: read.events.length });
  };

  /** The frames as a consumer counts them: once by session and sequence, as each came first. */
  get frames() {
    return onceEach(this.taken);
  }

  /** All events, each with its frame's view. */
  get events() {
    return this.frames.flatMap((read) => read.events.map((event) => ({ ...event, page: (read.views?.[event.view ?? 0] ?? read)['url.full'] })));
  }
}

/** Of frames that came several times the first. */
export function onceEach(frames) {
  const once = new Map();
  for (const read of frames) if (!once.has(nameOf(read))) once.set(nameOf(read), read);
  return [...once.values()];
}

/** What consumers know a frame by. */
export const nameOf = (read) => `${read['session.id']} ${read.sequence}`;

const answer = (status, told, headers = {}) => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(JSON.stringify(told)),
});
