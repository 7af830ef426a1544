// Figures as DataView would tell them of a bank's day, the same at each run.

/** Numbers that look random and are not: mulberry32. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const HOUR = 3_600_000;

/** What the values of each dimension are, and their shares. */
export const VALUES = {
  page: [['/accounts', 0.34], ['/transfer', 0.22], ['/', 0.18], ['/cards/{id}/statement', 0.11], ['/login', 0.09], ['/loans/calculator', 0.06]],
  api: [['POST /api/login', 0.2], ['GET /api/accounts', 0.42], ['POST /api/transfers', 0.16], ['GET /api/accounts/{id}/transactions', 0.17], ['POST /api/sms-codes', 0.05]],
  region: [['广东', 0.31], ['上海', 0.24], ['北京', 0.19], ['四川', 0.14], ['Hong Kong', 0.07], ['', 0.05]],
  operator: [['China Mobile', 0.45], ['China Telecom', 0.33], ['China Unicom', 0.18], ['China Broadnet', 0.04]],
  device: [['iPhone', 0.29], ['desktop', 0.27], ['HUAWEI Mate 60 Pro', 0.19], ['Xiaomi 14', 0.15], ['tablet', 0.1]],
  os: [['Android 14', 0.4], ['iOS 18', 0.31], ['Windows 11', 0.22], ['macOS 15', 0.07]],
  browser: [['Chrome', 0.38], ['Safari', 0.24], ['wechat', 0.22], ['Firefox', 0.09], ['Edge', 0.07]],
  release: [['4.12.1', 0.71], ['4.12.0', 0.24], ['4.11.7', 0.05]],
  transaction: [['login', 0.5], ['transfer', 0.31], ['open account', 0.19]],
};

const vital = (count, p75) => ({ count, p50: p75 * 0.7, p75, p95: p75 * 1.9 });

/** Figures of `views` page views; a share `trouble` of calls fails. */
function figures(views, trouble, random) {
  const calls = Math.round(views * 2.6);
  const jitter = (value) => value * (0.92 + random() * 0.16);
  const failed = Math.round(calls * trouble);
  const broken = Math.round(views * (0.0015 + trouble * 0.1));
  const all = { page_views: views, page_views_ok: views - broken, api_calls: calls, api_calls_ok: calls - failed };
  const share = (ok, of) => (of > 0 ? ok / of : null);
  return {
    ...all,
    events: views * 11,
    errors: Math.round(views * 0.006 + failed * 0.3),
    sessions: Math.round(views / 4.2),
    users: Math.round(views / 5.1),
    transactions: Math.round(views / 9),
    transactions_failed: Math.round((views / 9) * (0.01 + trouble)),
    availability: {
      pages: share(all.page_views_ok, all.page_views),
      calls: share(all.api_calls_ok, all.api_calls),
      all: share(all.page_views_ok + all.api_calls_ok, all.page_views + all.api_calls),
    },
    lcp_ms: vital(views, jitter(1900 + trouble * 9000)),
    inp_ms: vital(Math.round(views * 0.8), jitter(236)),
    cls: vital(views, 0.042),
    fcp_ms: vital(views, jitter(1120)),
    ttfb_ms: vital(views, jitter(410)),
    page_load_ms: vital(views, jitter(2600)),
    api_duration_ms: { count: calls, p50: jitter(84 + trouble * 1500), p75: jitter(150), p95: jitter(420 + trouble * 22_000) },
    transaction_duration_ms: vital(Math.round(views / 9), jitter(5200)),
  };
}

/** Between 14 and 26 minutes before `now` the SMS gateway was slow, and calls failed. */
const trouble = (at, now) => (at > now - 26 * 60_000 && at < now - 14 * 60_000 ? 0.055 : 0.003);

/** `/overview`. */
export function overview({ from, to, now, ...only }) {
  const dimension = Object.keys(VALUES).find((name) => name in only);
  const part = dimension ? (VALUES[dimension].find(([name]) => name == only[dimension])?.[1] ?? 0) : 1;
  const step = [60_000, 300_000, 900_000, HOUR, 6 * HOUR, 24 * HOUR].find((one) => (to - from) / one <= 120);
  const series = [];
  for (let at = from - (from % step); at < to; at += step) {
    const random = randomFrom(at / step);
    const busy = 1 + 0.55 * Math.sin(((at % (24 * HOUR)) / (24 * HOUR)) * 2 * Math.PI - 1.2);
    series.push({ at, ...figures(Math.round((step / 60_000) * 412 * busy * part * (0.9 + random() * 0.2)), trouble(at, now), random) });
  }
  const sum = (key) => series.reduce((total, one) => total + one[key], 0);
  const totals = figures(Math.max(1, sum('page_views')), 0.003, randomFrom(7));
  for (const key of ['page_views', 'page_views_ok', 'api_calls', 'api_calls_ok', 'errors']) totals[key] = sum(key);
  totals.availability = {
    pages: totals.page_views_ok / totals.page_views,
    calls: totals.api_calls_ok / totals.api_calls,
    all: (totals.page_views_ok + totals.api_calls_ok) / (totals.page_views + totals.api_calls),
  };
  totals.api_duration_ms.p95 = Math.max(...series.map((one) => one.api_duration_ms.p95)) * 0.6;
  return { from, to, step_ms: step, totals, series, damaged_days: [] };
}

/** `/breakdown`. */
export function breakdown({ by, from, to }) {
  const minutes = (to - from) / 60_000;
  const rows = VALUES[by].map(([value, part], at) => {
    const random = randomFrom(at + by.length);
    const bad = value == 'POST /api/sms-codes' || value == '/transfer' ? 0.031 : value == '四川' ? 0.012 : 0.002;
    return { value, ...figures(Math.round(minutes * 412 * part), bad, random) };
  });
  return { from, to, by, rows, damaged_days: [] };
}
