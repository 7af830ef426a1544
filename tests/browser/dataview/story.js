// What happened to people: errors, sessions, and the call that waited for the SMS gateway.

import { randomFrom } from './figures.js';

export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
export const USER = 'b7e23ec29af22b0b4e41da31e868d57226121c84f30d5c4a19cf17fa9f4be2a1';
export const SESSION = '5e3f0a91c2d84b6797a10f2e8c6d4b35';

const KINDS = [
  ['exception', 'TypeError', "Cannot read properties of undefined (reading 'balance')", 1284, '9f0c2d3e4a5b6c7d'],
  ['unhandled_rejection', 'TransferRefused', 'transfer {number} was refused: daily limit', 431, '17aa3cbe55d0e921'],
  ['resource_failure', 'img', 'https://cdn.harbour.example/cards/platinum-2026.webp', 212, '2b40f7717c0ffee1'],
  ['exception', 'SyntaxError', 'Unexpected token < in JSON at position 0', 97, '0d15ea5e0d15ea5e'],
  ['exception', 'RangeError', 'Invalid time value', 64, 'c0de4b1dc0de4b1d'],
  ['unhandled_rejection', 'AbortError', 'The user aborted a request, which the code of the statement page did not expect and which it tells to nobody but the console', 41, 'abad1deaabad1dea'],
  ['exception', 'SecurityError', '字体加载被拒绝：跨域资源', 12, '5eedfeed5eedfeed'],
];

export const errors = (now) =>
  KINDS.map(([kind, type, message, count, fingerprint], at) => ({
    fingerprint,
    kind,
    type,
    message,
    count,
    sessions: Math.round(count * 0.6),
    users: Math.round(count * 0.42),
    first_at: now - (at + 2) * 93_000_000,
    last_at: now - at * 217_000 - 12_000,
    first_release: at % 2 ? '4.12.0' : '4.11.7',
    last_release: '4.12.1',
  }));

const SOURCE = ['function showBalance(account: Account) {', '  const field = document.querySelector("#balance");', '  field.textContent = money(account.details.balance);', '  field.classList.add("shown");', '}'];

export const error = (now, fingerprint) => {
  const group = errors(now).find((one) => one.fingerprint == fingerprint);
  return group && {
    group,
    stack: [
      {
        raw: null,
        function: 'showBalance',
        file: 'src/pages/accounts/balance.ts',
        line: 42,
        column: 31,
        context: SOURCE.map((text, at) => ({ number: 40 + at, text })),
      },
      { raw: null, function: 'render', file: 'src/pages/accounts/index.ts', line: 118, column: 7, context: [] },
      { raw: '    at HTMLButtonElement.n (https://bank.example/assets/app-5f3c1a.js:1:48213)', function: null, file: null, line: null, column: null, context: [] },
    ],
    occurrences: Array.from({ length: 8 }, (_, at) => ({
      session: at == 0 ? SESSION : SESSION.replace(/^..../, String(1000 + at * 77)),
      sequence: at + 1,
      at: now - at * 217_000 - 12_000,
      page: at % 3 ? '/accounts' : '/transfer',
      user: at % 4 == 3 ? null : USER.replace(/^.../, String(at * 111 + 100)),
      release: '4.12.1',
    })),
  };
};

const REGIONS = ['广东', '上海', '北京', '四川', 'Hong Kong', null];
const DEVICES = ['iPhone', 'HUAWEI Mate 60 Pro', 'desktop', 'Xiaomi 14'];
const PAGES = ['/', '/accounts', '/login', '/transfer'];

/** A session of the list; the first one is told in full. */
export function sessionRow(now, at) {
  const random = randomFrom(at + 1);
  const first = now - at * 41_000 - (at == 0 ? 1_320_000 : 900_000);
  const known = at == 0 || random() > 0.3;
  return {
    app: 'demo-bank',
    id: at == 0 ? SESSION : `${(at * 2654435761 + 305419896).toString(16).padStart(12, '0')}${SESSION.slice(12)}`,
    first_at: first,
    last_at: first + (at == 0 ? 96_000 : Math.round(20_000 + random() * 700_000)),
    user: at == 0 ? USER : known ? USER.replace(/^......../, Math.floor(random() * 0xffffffff).toString(16).padStart(8, '0')) : null,
    tier: at == 0 ? 'vip' : known && random() > 0.8 ? 'gold' : null,
    first_page: at % 6 == 5 ? 'miniprogram://wechat/pages/accounts/index' : `https://bank.example${PAGES[at % 4]}`,
    region: at == 0 ? '上海' : REGIONS[Math.floor(random() * 6)],
    operator: ['China Telecom', 'China Mobile', 'China Unicom'][at % 3],
    device: DEVICES[at % 4],
    os: ['iOS 18.1', 'Android 14', 'Windows 11', 'Android 14'][at % 4],
    browser: ['Safari 18', 'Chrome 131', 'Edge 131', 'wechat'][at % 4],
    release: '4.12.1',
    environment: 'production',
    events: 30 + Math.floor(random() * 200),
    views: 3 + Math.floor(random() * 12),
    errors: at == 0 ? 1 : random() > 0.85 ? Math.ceil(random() * 4) : 0,
    calls: 8 + Math.floor(random() * 30),
    calls_failed: at == 0 ? 1 : random() > 0.88 ? Math.ceil(random() * 3) : 0,
  };
}

const VIEWS = ['00aa11bb22cc33dd', '10aa11bb22cc33dd', '20aa11bb22cc33dd'];

/** `/sessions/{id}`: a VIP customer who could not get the code to sign in with. */
export function session(now) {
  const row = sessionRow(now, 0);
  const start = row.first_at;
  const events = [];
  const add = (offset, view, page, kind, title, more = {}) =>
    events.push({ at: start + offset, kind, view: VIEWS[view], page: `https://bank.example${page}`, title, ok: true, duration_ms: null, trace: null, not_joined: null, fields: {}, sequence: 1, ...more });
  const url = (path) => `https://bank.example${path}`;
  add(0, 0, '/login', 'page_view', 'Opened /login', { duration_ms: 1840, fields: { 'url.full': url('/login'), response_start: 212, dom_interactive: 904, load_event_end: 1840, navigation_type: 'navigate' } });
  add(420, 0, '/login', 'resource', 'Loaded script /assets/app-5f3c1a.js', { duration_ms: 96 });
  add(1210, 0, '/login', 'web_vital', 'LCP 1210 ms', { fields: { 'browser.web_vital.name': 'LCP', 'browser.web_vital.value': 1210 } });
  add(6120, 0, '/login', 'user_action', 'click on Send code', { duration_ms: 58, fields: { 'user_action.type': 'click', 'user_action.name': 'Send code', 'user_action.element': 'button#send-code' } });
  add(6180, 0, '/login', 'api_call', 'POST /api/sms-codes → 504', {
    ok: false,
    duration_ms: 10_042,
    trace: TRACE,
    fields: { 'http.request.method': 'POST', 'url.full': url('/api/sms-codes'), 'http.response.status_code': 504, duration_ms: 10_042, trace_id: TRACE, 'timing.wait': 10_020, 'network.protocol.name': 'h2', server_timing: 'gateway;dur=10004' },
  });
  add(16_300, 0, '/login', 'exception', "TypeError: Cannot read properties of undefined (reading 'expiresAt')", { ok: false, fields: { 'exception.type': 'TypeError', 'exception.message': "Cannot read properties of undefined (reading 'expiresAt')", 'code.file.path': url('/assets/app-5f3c1a.js'), 'code.line.number': 1, 'code.column.number': 48213 } });
  add(21_400, 0, '/login', 'user_action', 'click on Send code (rage_click)', { ok: false, duration_ms: 31, fields: { 'user_action.type': 'click', 'user_action.name': 'Send code', count: 5, 'user_action.frustration': 'rage_click' } });
  add(29_000, 0, '/login', 'api_call', 'POST /api/sms-codes → 200', { duration_ms: 640, trace: TRACE.replace(/^4b/, '5c'), fields: { 'http.request.method': 'POST', 'url.full': url('/api/sms-codes'), 'http.response.status_code': 200, duration_ms: 640 } });
  add(41_000, 0, '/login', 'api_call', 'POST /api/login → 200', { duration_ms: 188, trace: TRACE.replace(/^4b/, '6d'), fields: { 'http.request.method': 'POST', 'url.full': url('/api/login'), 'http.response.status_code': 200, duration_ms: 188 } });
  add(41_300, 0, '/login', 'identity', 'Signed in (vip)', { fields: { 'user.hash': USER, 'user.tier': 'vip' } });
  add(41_500, 1, '/accounts', 'route_change', 'Went to /accounts', { duration_ms: 420, fields: { 'url.full': url('/accounts') } });
  add(41_560, 1, '/accounts', 'api_call', 'GET /api/accounts → 200', { duration_ms: 92, trace: TRACE.replace(/^4b/, '7e'), fields: { 'http.request.method': 'GET', 'url.full': url('/api/accounts'), 'http.response.status_code': 200, duration_ms: 92 } });
  add(43_100, 1, '/accounts', 'web_vital', 'INP 48 ms');
  add(58_000, 2, '/transfer', 'route_change', 'Went to /transfer', { duration_ms: 310 });
  add(71_000, 2, '/transfer', 'user_action', 'click on Transfer', { duration_ms: 44, fields: { 'user_action.type': 'click', 'user_action.name': 'Transfer' } });
  add(71_050, 2, '/transfer', 'api_call', 'POST /api/transfers → 200', { duration_ms: 366, trace: TRACE.replace(/^4b/, '8f'), fields: { 'http.request.method': 'POST', 'url.full': url('/api/transfers'), 'http.response.status_code': 200, duration_ms: 366 } });
  add(71_500, 2, '/transfer', 'api_call', 'GET https://fx.example/rates → 200', { duration_ms: 120, not_joined: 'no_traceparent', fields: { 'http.request.method': 'GET', 'url.full': 'https://fx.example/rates', 'http.response.status_code': 200 } });
  add(72_000, 2, '/transfer', 'transaction', 'transfer: ok', { duration_ms: 13_900, fields: { 'transaction.name': 'transfer', 'transaction.outcome': 'ok', duration_ms: 13_900 } });
  add(95_000, 2, '/transfer', 'visibility', 'Page covered');
  return { session: row, timeline: events, views: [['/login', 0], ['/accounts', 41_500], ['/transfer', 58_000]].map(([page, at], which) => ({ id: VIEWS[which], at: start + at, page })), events_left_out: 0, frames_unreadable: 0 };
}

/** `/traces/{id}`: from the click to the SQL; the gateway took ten seconds. */
export function trace(now) {
  const start = (sessionRow(now, 0).first_at + 6120) * 1000;
  const rows = [];
  const add = (depth, kind, name, service, offset, duration, more = {}) => rows.push({ depth, kind, name, service, start_us: start + offset * 1000, duration_us: duration * 1000, ok: true, attributes: {}, parent: null, notes: [], ...more });
  add(0, 'action', 'click on Send code', 'demo-bank', 0, 58, { attributes: { 'user_action.element': 'button#send-code' } });
  add(1, 'call', 'POST /api/sms-codes', 'demo-bank', 60, 10_042, { ok: false, attributes: { 'http.response.status_code': 504, 'timing.dns': 0, 'timing.wait': 10_020 } });
  add(2, 'hop', 'edge-2.harbour.example', 'nginx', 78, 10_012, { ok: false, attributes: { status: 504, upstream: '10.2.0.11:8080', upstream_connect_us: 410, protocol: 'HTTP/2.0', tls: 'TLSv1.3' } });
  add(3, 'span', 'POST /api/sms-codes', 'bank-api', 80, 10_004, { ok: false, notes: [{ code: 'clock_corrected', values: { ms: '-12.0', clock: 'bank-api' }, words: 'clock corrected by -12.0 ms (bank-api)' }], attributes: { 'http.route': '/api/sms-codes', 'http.response.status_code': 504 } });
  add(4, 'span', 'check limits', 'bank-api', 84, 31);
  add(5, 'sql', 'SELECT sms_codes', 'bank-api', 86, 24, { attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT count(*) FROM sms_codes WHERE customer_id = ? AND sent_at > ?' } });
  add(4, 'sql', 'INSERT sms_codes', 'bank-api', 118, 9, { attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'INSERT INTO sms_codes (customer_id, code_hash, sent_at) VALUES (?, ?, ?)' } });
  add(4, 'span', 'POST sms-gateway/send', 'bank-api', 130, 9950, { ok: false, attributes: { 'server.address': 'sms-gateway', 'error.type': 'timeout' } });
  add(5, 'span', 'POST /send', 'sms-gateway', 141, 9930, { ok: false, attributes: { 'messaging.destination.name': 'operator-cmcc' } });
  add(6, 'span', 'wait for operator', 'sms-gateway', 160, 9890, { ok: false });
  return {
    trace: TRACE,
    app: 'demo-bank',
    session: SESSION,
    rows,
    logs: [
      { at_us: start + 142_000, service: 'sms-gateway', severity: 9, body: 'queueing message for operator-cmcc, 214 waiting' },
      { at_us: start + 10_050_000, service: 'sms-gateway', severity: 17, body: 'operator-cmcc did not answer within 9.9 s, giving up' },
      { at_us: start + 10_081_000, service: 'bank-api', severity: 17, body: 'sms-gateway: timeout after 9950 ms' },
    ],
    gaps: [
      { between: 'call and hop', code: 'no_hop', values: {}, dropped: { network_queue_full: 3 }, why: 'no proxy told of this call' },
      { between: 'span and span', code: 'no_span', values: { who: 'operator-cmcc' }, dropped: {}, why: 'operator-cmcc told no span of it' },
    ],
  };
}
