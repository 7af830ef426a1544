// DataView's API as a double for the UI: rich figures, and whatever goes wrong that a test wants. It serves
// the UI's files as the program does, with the same policy.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { breakdown, overview } from './figures.js';
import { error, errors, session, sessionRow, trace, USER } from './story.js';

const ui = resolve(import.meta.dirname, '../../../dataview/ui');
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
const PAGE = 25;

/** Who can sign in: the password is the name. */
const ROLES = { admin: 'administrator', support: 'support', viewer: 'viewer' };

/** Starts it. `fail(path, status, problem)` makes an answer go wrong, `answer(path, body)` another, `mend()` neither. */
export async function startFake({ signedIn = 'admin' } = {}) {
  const policy = (await readFile(join(ui, 'policy.txt'), 'utf8')).trim();
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
    if (answers.has(path)) return answers.get(path)(send);
    const now = state.now ?? Date.now();
    const from = Number(query.from ?? now - 3_600_000);
    const to = Number(query.to ?? now);
    const found = route(`${request.method} ${path}`, { ...query, from, to, now, body, state });
    if (found) return send(found.status ?? 200, found.body);
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
  const me = state.me && { name: state.me, role: ROLES[state.me], csrf: 'csrf-of-the-fake' };
  const [method, path] = line.split(' ');
  if (line == 'POST /login') {
    if (!ROLES[body.name] || body.password != body.name) return { status: 401, body: { title: 'Name or password is wrong' } };
    state.me = body.name;
    return { body: { name: body.name, role: ROLES[body.name], csrf: 'csrf-of-the-fake' } };
  }
  if (!me) return { status: 401, body: { title: 'Not signed in' } };
  const rows = (count) => Array.from({ length: count }, (_, at) => sessionRow(now, at));
  const routes = {
    'GET /me': () => me,
    'POST /logout': () => ((state.me = null), {}),
    'GET /apps': () => ({ apps: ['demo-bank', 'wealth-app'] }),
    'GET /overview': () => overview({ ...query, now }),
    'GET /breakdown': () => breakdown(query),
    'GET /errors': () => ({ errors: errors(now), next: null }),
    'GET /sessions': () => sessions(rows(40), query),
    'POST /users/lookup': () => ({ user: USER, sessions: rows(1), next: null }),
    'GET /health': () => health(now),
    'GET /subscriptions': () => ({ subscriptions: SUBSCRIPTIONS }),
    'GET /accounts': () => ({ accounts: Object.entries(ROLES).map(([name, role], at) => ({ name, role, apps: at == 2 ? ['demo-bank'] : [], created_at: now - at * 9e8 })) }),
    'GET /tokens': () => ({ tokens: [{ id: 't1', name: 'grafana', role: 'viewer', created_at: now - 5e8, expires_at: now + 7e9 }] }),
    'POST /tokens': () => ({ token: 'dna_5kQ2vX8rT1mZ0pLw9YcB3nHs' }),
    'POST /accounts': () => ({}),
    'POST /subscriptions': () => ({ name: body.name, secret: 'whsec_c2VjcmV0IG9mIHRoZSBmYWtl' }),
    'GET /audit': () => audit(now),
  };
  if (routes[line]) return { body: routes[line]() };
  if (method == 'DELETE') return { status: 204 };
  const [, first, second] = path.split('/');
  const one = { errors: () => error(now, second), sessions: () => session(now), traces: () => trace(now) }[first]?.();
  return one && { body: one };
}

function sessions(all, { cursor, troubled, user }) {
  const fitting = all.filter((row) => (troubled == 'true' ? row.errors + row.calls_failed > 0 : true) && (user ? row.user == user : true));
  const begin = Number(cursor ?? 0);
  return { sessions: fitting.slice(begin, begin + PAGE), next: begin + PAGE < fitting.length ? String(begin + PAGE) : null };
}

const health = (now) => ({
  consumers: Array.from({ length: 4 }, (_, shard) => ({ shard: `dna:{${shard}}:events`, lag_messages: shard * 17 + 3, lag_ms: 40 + shard * 61, pending: shard })),
  dropped: { duplicate: 1841, span_too_old: 22, log_line_not_json: 7 },
  store: {
    days: Array.from({ length: 9 }, (_, at) => ({ day: new Date(now - at * 86_400_000).toISOString().slice(0, 10), bytes: 812_000_000 - at * 37_000_000, frames: 2_410_000 - at * 110_000, state: at == 0 ? 'open' : at > 6 ? 'rollups' : 'ok' })),
    bytes: 5_976_000_000,
  },
  dead_letters: 3,
});

const SUBSCRIPTIONS = [
  { name: 'risk-department', app: 'demo-bank', filter: { kinds: ['transaction', 'api_call'] }, fields: ['user.hash', 'transaction.name'], webhook: { url: 'https://risk.harbour.example/hooks/dna' }, lag_ms: 840, state: 'following', last_error: null },
  { name: 'marketing', app: 'wealth-app', filter: {}, fields: [], webhook: null, lag_ms: 86_400_000, state: 'idle', last_error: null },
  { name: 'branch-network', app: 'demo-bank', filter: { kinds: ['page_view'] }, fields: [], webhook: { url: 'https://branches.harbour.example/in' }, lag_ms: 1_340_000, state: 'waiting', last_error: 'HTTP 503, next attempt in 4 min' },
];

const audit = (now) => ({
  verified: true,
  entries: Array.from({ length: 6 }, (_, at) => ({ at: now - at * 3_100_000, who: at % 2 ? 'support' : 'admin', action: 'user_lookup', user: USER.replace(/^../, String(10 + at)), reason: ['ticket 48213: login fails', '客户投诉转账缓慢', 'complaint 7719'][at % 3], hash: createHash('sha256').update(String(at)).digest('hex') })),
  next: null,
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
