// DataView's API as a double for the UI: rich figures, and whatever goes wrong that a test wants. It serves
// the UI's files as the program does, with the same policy.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { contract } from './contract.js';
import { baseline, baselineSeries, customers, dryRun, incident, incidents, objectives, rules } from './alerts.js';
import { breakdown, overview } from './figures.js';
import { error, errors, SESSION, session, sessionRow, trace, USER } from './story.js';

const ui = resolve(import.meta.dirname, '../../../dataview/ui');
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
const PAGE = 25;

/** Who can sign in: the password is the name, and the newcomer's has to be changed. */
const ROLES = { admin: 'administrator', support: 'support', viewer: 'viewer', newcomer: 'viewer' };

/** Starts it. `fail(path, status, problem)` makes an answer go wrong, `answer(path, body)` another, `mend()` neither. */
export async function startFake({ signedIn = 'admin' } = {}) {
  const policy = (await readFile(join(ui, 'policy.txt'), 'utf8')).trim();
  const document = await contract();
  const answers = new Map();
  const asked = [];
  const state = { me: signedIn, now: null };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://fake');
    const send = (status, body, headers = {}) => {
      const problem = status >= 400;
      response.writeHead(status, { 'content-type': problem ? 'application/problem+json' : 'application/json', 'cache-control': 'no-store', ...headers });
      response.end(body === undefined ? '' : JSON.stringify(body));
    };
    if (!url.pathname.startsWith('/api/')) return file(url.pathname, policy, response);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = url.pathname.slice('/api/v1'.length);
    const query = Object.fromEntries(url.searchParams);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks)) : undefined;
    asked.push({ method: request.method, path, query, body, csrf: request.headers['x-csrf-token'] });
    const refused = document.refusal(request.method, path, query, body);
    if (refused) return send(400, { title: 'Not a question of the API', detail: refused, type: '/problems/unknown_parameter' });
    if (answers.has(path)) return answers.get(path)(send);
    const now = state.now ?? Date.now();
    const from = Number(query.from ?? now - 3_600_000);
    const to = Number(query.to ?? now);
    const found = route(`${request.method} ${path}`, { ...query, wanted: query.state, from, to, now, body, state });
    if (found) {
      try {
        if (!found.status) document.check(request.method, path, found.body);
      } catch (fault) {
        return send(500, { title: 'The double answers what the API would not', detail: fault.message });
      }
      return send(found.status ?? 200, found.body);
    }
    return send(404, { title: 'There is nothing here', status: 404, type: '/problems/not_found' });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Every question, in its order. */
    asked,
    state,
    fail: (path, status, problem = {}, headers = {}) => answers.set(path, (send) => send(status, { title: problem.title ?? 'A problem', ...problem }, headers)),
    answer: (path, body) => answers.set(path, (send) => send(200, body)),
    mend: () => answers.clear(),
    stop: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  };
}

function route(line, { now, state, body, ...query }) {
  const as = (name) => ({ name, role: ROLES[name], apps: null, must_change_password: name == 'newcomer' && !state.changed, csrf: 'csrf-of-the-fake' });
  const [method, path] = line.split(' ');
  if (line == 'POST /login') {
    if (!ROLES[body.name] || body.password != body.name) return { status: 401, body: { title: 'Name or password is wrong', type: '/problems/wrong_credentials' } };
    state.me = body.name;
    return { body: as(body.name) };
  }
  if (!state.me) return { status: 401, body: { title: 'Who asks is not known', type: '/problems/not_signed_in' } };
  const me = as(state.me);
  const rows = (count) => Array.from({ length: count }, (_, at) => sessionRow(now, at));
  const routes = {
    'GET /me': () => me,
    'POST /logout': () => ((state.me = null), {}),
    'POST /password': () => ((state.changed = true), as(state.me)),
    'GET /apps': () => ({ apps: ['demo-bank', 'wealth-app'] }),
    'GET /overview': () => overview({ ...query, now }),
    'GET /breakdown': () => breakdown(query),
    'GET /errors': () => ({ errors: errors(now), next: null, damaged_days: [] }),
    'GET /sessions': () => sessions(rows(40), query),
    'POST /users/lookup': () => ({ user: USER, from: now - 4e9, to: now, sessions: rows(1), next: null, damaged_days: [] }),
    'GET /health': () => health(now),
    'GET /dead-letters': () => deadLetters(now, query),
    'POST /dead-letters/replay': () => ({ replayed: body.ids?.length ?? 1, left: false }),
    'GET /subscriptions': () => ({ subscriptions: SUBSCRIPTIONS }),
    'GET /accounts': () => ({ accounts: Object.entries(ROLES).map(([name, role], at) => ({ name, role, apps: at == 2 ? ['demo-bank'] : null, must_change_password: at == 3, created_at: now - at * 9e8, logged_in_at: at == 3 ? null : now - at * 4e6 })) }),
    'GET /tokens': () => ({ tokens: [{ name: 'grafana', role: 'viewer', apps: null, created_by: 'admin', created_at: now - 5e8, expires_at: now + 7e9 }] }),
    'POST /tokens': () => ({ name: body.name, token: 'dna_5kQ2vX8rT1mZ0pLw9YcB3nHs' }),
    'POST /accounts': () => ({}),
    'POST /subscriptions': () => ({ subscription: { ...SUBSCRIPTIONS[1], name: body.name, filter: body.filter, delivery: body.delivery }, secret: body.delivery.type == 'webhook' ? 'whsec_c2VjcmV0IG9mIHRoZSBmYWtl' : null }),
    'PATCH /subscriptions/risk-department': () => ({ subscription: edited(SUBSCRIPTIONS[0], body), secret: body.rotate_secret ? 'whsec_YW5vdGhlciBzZWNyZXQ' : null }),
    'PATCH /subscriptions/marketing': () => ({ subscription: edited(SUBSCRIPTIONS[1], body), secret: null }),
    'POST /subscriptions/marketing/replay': () => SUBSCRIPTIONS[1],
    'GET /baselines': () => baseline(now, query),
    'GET /baselines/series': () => baselineSeries(now),
    'GET /incidents': () => incidents(now, query.wanted),
    'POST /alerts/silences': () => ({ id: 1, matcher: body.matcher, from: now, to: body.to, by: state.me, comment: body.comment }),
    'GET /alerts/rules': () => rules(now),
    'POST /alerts/rules': () => body,
    'GET /alerts/objectives': () => objectives(),
    'POST /alerts/dry-run': () => dryRun(now),
    'GET /audit': () => audit(now),
  };
  if (routes[line]) return { body: routes[line]() };
  if (method == 'DELETE' || method == 'PUT') return { status: 204 };
  const [, first, second] = path.split('/');
  const one = { errors: () => error(now, second), sessions: () => session(now), incidents: () => (path.endsWith('/customers') ? customers(now, { user: USER, session: SESSION }) : incident(now, state, body, path)), traces: () => trace(now), 'dead-letters': () => letterSeen(now, decodeURIComponent(second)) }[first]?.();
  return one && { body: one };
}

function sessions(all, { cursor, troubled, user }) {
  const fitting = all.filter((row) => (troubled == 'true' ? row.errors + row.calls_failed > 0 : true) && (user ? row.user == user : true));
  const begin = Number(cursor ?? 0);
  return { sessions: fitting.slice(begin, begin + PAGE), next: begin + PAGE < fitting.length ? String(begin + PAGE) : null, damaged_days: [] };
}

const health = (now) => ({
  frames: 21_412_007,
  events: 188_021_430,
  duplicates: 1841,
  claimed: 12,
  journals_begun: 0,
  retries: 3,
  consumers: Array.from({ length: 4 }, (_, shard) => ({ shard, lag_messages: shard * 17 + 3, lag_ms: 40 + shard * 61, pending: shard })),
  waiting: {},
  dropped: { otlp_too_old: 22, network_not_json: 7 },
  dead_letters: 3,
  subscriptions: { waiting: 0, why: null },
  store: {
    bytes: 5_976_000_000,
    days: Array.from({ length: 9 }, (_, at) => {
      const day = new Date(now - at * 86_400_000).toISOString().slice(0, 10);
      return { name: `${day}.db`, day, bytes: 812_000_000 - at * 37_000_000, frames: 2_410_000 - at * 110_000, state: at > 6 ? 'rolled_up' : 'whole', damage: null };
    }),
  },
});

/** One of a damaged day, and two that are no entries. */
const letterRows = (now) => [
  { id: '0/1795694400123-0', at: now - 7_200_000, reason: 'store_damaged', detail: '2026-11-25.db: database disk image is malformed', origin: 'dna:{0}:events 1795694400120-0', bytes: 812 },
  { id: '1/1795694401544-0', at: now - 5_000_000, reason: 'malformed_entry', detail: 'at byte 17: a text is cut', origin: 'dna:{1}:events 1795694401540-0/2', bytes: 1204 },
  { id: '3/1795694409001-0', at: now - 900_000, reason: 'malformed_entry', detail: 'it is no entry: byte 0 is not 0xd9', origin: 'dna:{3}:events 1795694409000-0', bytes: 34 },
];

function deadLetters(now, { reason }) {
  const all = letterRows(now);
  return { letters: all.filter((row) => !reason || row.reason == reason), next: null, reasons: { store_damaged: 1, malformed_entry: 2 }, counted_all: true };
}

function letterSeen(now, id) {
  const letter = letterRows(now).find((row) => row.id == id);
  if (!letter) return null;
  const read = letter.reason == 'store_damaged';
  return { letter, entry: read ? { app: 'demo-bank', 'client.address': '203.0.113.0', frame: { 'session.id': '5e3f0a91c2d84b6797a10f2e8c6d4b35', sequence: 12, events: [{ kind: 'identity', body: { 'user.id': '{masked}' } }] } } : null, shape: read ? null : '{"xxxx":"0000 0000",·· xx' };
}

const SUBSCRIPTIONS = [
  { name: 'risk-department', filter: { apps: ['demo-bank'], kinds: ['transaction', 'api_call'] }, fields: { keep: ['user.hash', 'transaction.name'], drop: [] }, delivery: { type: 'webhook', url: 'https://risk.harbour.example/hooks/dna' }, paused: false, old_secret_until: null, created_at: 1.79e12, lines: 481_220, progressed_at: Date.now() - 840, behind: 2, failures: 0, error: null },
  { name: 'marketing', filter: { apps: ['wealth-app'] }, fields: { keep: [], drop: [] }, delivery: { type: 'pull' }, paused: true, old_secret_until: null, created_at: 1.79e12, lines: 0, progressed_at: null, behind: 90_412, failures: 0, error: null },
  { name: 'branch-network', filter: { kinds: ['page_view'], tiers: ['vip'] }, fields: { keep: [], drop: ['url.full'] }, delivery: { type: 'webhook', url: 'https://branches.harbour.example/in' }, paused: false, old_secret_until: null, created_at: 1.79e12, lines: 9_120, progressed_at: Date.now() - 1_340_000, behind: 731, failures: 6, error: { code: 'webhook_status', status: 503, detail: 'the webhook answered 503 Service Unavailable' } },
];

/** A subscription as it is told when it was changed. */
const edited = (before, { rotate_secret: _, ...changes }) => ({ ...before, ...changes });

const ACTIONS = ['user_looked_up', 'user_looked_up', 'account_added', 'user_looked_up', 'token_added', 'user_looked_up'];

const audit = (now) => ({
  records: ACTIONS.map((action, at) => ({
    sequence: ACTIONS.length - at,
    at: now - at * 3_100_000,
    who: at % 2 ? 'support' : 'admin',
    action,
    subject: action == 'user_looked_up' ? USER.replace(/^../, String(10 + at)) : 'viewer',
    app: action == 'user_looked_up' ? 'demo-bank' : null,
    reason: action == 'user_looked_up' ? ['ticket 48213: login fails', '客户投诉转账缓慢', 'complaint 7719'][at % 3] : null,
    hash: createHash('sha256').update(String(at)).digest('hex'),
  })),
  next: null,
  verified: true,
  broken_at: null,
  broken_why: null,
  head: createHash('sha256').update('0').digest('hex'),
});

/** A file of the UI; every other path is a page of it. */
async function file(path, policy, response) {
  const asset = path.match(/^\/assets\/[\w-]+\/(.+)$/)?.[1];
  const name = asset ?? 'index.html';
  try {
    let bytes = await readFile(join(ui, name));
    if (name == 'index.html') bytes = bytes.toString().replaceAll('{assets}', '/assets/test').replace('{preloads}', '');
    response.writeHead(200, { 'content-type': TYPES[extname(name)], 'cache-control': 'no-store', ...(asset ? {} : { 'content-security-policy': policy }) });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}
