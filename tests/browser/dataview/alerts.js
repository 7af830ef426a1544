// Incidents and rules of the double.

const found = (more) => ({ measure: 'availability.calls', value: 0.913, limit: 0.98, is_above: false, volume: 4120, window_minutes: 5, expected: null, deviation: null, confidence: null, after_release: null, ...more });

const one = (now, id, more) => ({
  id,
  app: 'demo-bank',
  owner: 'payments',
  description: 'Calls of transfers fail. Look at the gateway first.',
  state: 'open',
  severity: 'critical',
  opened_at: now - 1_200_000,
  resolved_at: null,
  acknowledged_by: null,
  acknowledged_at: null,
  escalated_at: null,
  silenced: false,
  reopened: 0,
  parts: [
    { rule: 'transfer-calls', dimension: 'region', value: 'Guangdong <b>', since: now - 1_320_000, until: null, severity: 'critical', found: found({}) },
    { rule: 'login-unusual', dimension: 'all', value: '', since: now - 900_000, until: now - 60_000, severity: 'warning', found: found({ measure: 'api_duration_ms.p95', value: 2210, limit: 840, is_above: true, expected: { low: 310, middle: 520, high: 840 }, deviation: 7.1, confidence: 'fair' }) },
  ],
  parts_left_out: 0,
  told: ['duty'],
  told_at: now - 1_200_000,
  told_severity: 'critical',
  refreshed_at: null,
  notices: 1,
  causes: {
    rule: 'transfer-calls',
    before_from: now - 4_920_000,
    now_from: now - 1_320_000,
    now_to: now - 1_200_000,
    causes: [{ dimension: 'operator', values: ['China Unicom'], explained: 0.97, outside_normal: 0.99, confidence: 0.91, before: { bad: 12, all: 9100 }, now: { bad: 310, all: 420 }, rest: { bad: 4, all: 2900 } }],
    ruled_out: [{ dimension: 'browser', why: 'all_alike' }],
  },
  ...more,
});

/** A customer of story.js among them. */
export const customers = (now, { user, session }) => ({
  from: now - 1_320_000,
  to: now,
  places: [],
  places_left_out: 0,
  only_troubled: true,
  present: 3_812,
  sessions: 10_000,
  hit: 227,
  is_complete: false,
  vips: [
    { user, tier: 'vip', session, last_at: now - 40_000, errors: 1, calls_failed: 3 },
    { user: user.replace(/^..../, '41d0'), tier: 'vip', session: session.replace(/^..../, '77aa'), last_at: now - 340_000, errors: 0, calls_failed: 1 },
  ],
  vips_left_out: 7,
});

const similar = (now) => [{ id: 11, title: TITLE, state: 'resolved', opened_at: now - 9.9e6, resolved_at: now - 9e6, acknowledged_by: 'support', same_rule: true, same_cause: 'operator = China Unicom' }];

const TITLE = 'demo-bank: availability.calls 0.913 < 0.98, region = Guangdong ‹b› (rule transfer-calls)';

export function incidents(now, state) {
  const all = [one(now, 12), one(now, 11, { state: 'resolved', severity: 'warning', resolved_at: now - 9e6, opened_at: now - 9.9e6 })];
  return { incidents: all.filter((incident) => !state || incident.state == state).map((incident) => ({ title: TITLE, incident })), next: null };
}

/** Incident 12; what is done with it stays. */
export function incident(now, state, body, path) {
  if (path.endsWith('/acknowledge')) state.acknowledged = state.me;
  if (path.endsWith('/comments')) state.comment = body.text;
  const who = state.acknowledged;
  return {
    title: TITLE,
    incident: one(now, 12, who ? { state: 'acknowledged', acknowledged_by: who, acknowledged_at: now } : {}),
    lines: [
      { at: now - 1_200_000, who: null, kind: 'opened', text: 'availability.calls 0.94 < 0.98 (rule transfer-calls)' },
      ...(who ? [{ at: now, who, kind: 'acknowledged', text: '' }] : []),
      ...(state.comment ? [{ at: now, who: state.me, kind: 'commented', text: state.comment }] : []),
    ],
    deliveries: [{ id: 'incident-12-1', incident: 12, channel: 'duty', kind: 'opened', state: 'waiting', made_at: now - 1_200_000, next_at: now + 60_000, tries: 3, error: 'it answered 503', ended_at: null }],
    similar: similar(now),
  };
}

const rule = (name, when, more) => ({ name, app: 'demo-bank', of: { dimension: 'all', values: [], top: 10 }, when, owner: 'payments', severity: 'critical', channels: ['duty'], escalate_to: [], escalate_after_minutes: 15, for_minutes: 2, clear_minutes: 5, volume_min: 20, description: '', enabled: true, ...more });

export const rules = (now) => ({
  rules: [
    { rule: rule('transfer-calls', { type: 'threshold', measure: 'availability.calls', above: null, below: 0.98, clear: null, window_minutes: 5 }), source: 'file', changed_at: null, changed_by: null },
    { rule: rule('pages-objective', { type: 'objective', measure: 'lcp_ms', at_most: 2500, target: 0.9, window_days: 30 }, { severity: 'warning' }), source: 'api', changed_at: now - 9e6, changed_by: 'admin' },
    { rule: rule('login-unusual', { type: 'baseline', measure: 'api_duration_ms.p95' }, { enabled: false }), source: 'api', changed_at: now - 9e6, changed_by: 'admin' },
  ],
  file_refused: null,
  evaluations_failed: 0,
});

export const objectives = () => ({
  objectives: [
    { rule: 'pages-objective', app: 'demo-bank', owner: 'payments', measure: 'lcp_ms', at_most: 2500, target: 0.9, window_days: 30, all: 1_204_000, good: 1_102_000, share: 0.9153, budget_left: 0.153, burns: [{ too_fast: 14.4, long_minutes: 60, long: 1.2, short_minutes: 5, short: 0.4 }, { too_fast: 6, long_minutes: 360, long: 0.9, short_minutes: 30, short: 0.8 }, { too_fast: 1, long_minutes: 4320, long: 0.85, short_minutes: 360, short: 0.9 }] },
  ],
  left_out: 0,
});

export const dryRun = (now) => ({
  from: now - 604_800_000,
  to: now,
  values: [],
  values_left_out: 0,
  minutes: 10_080,
  minutes_unknown: 310,
  firings: 1,
  fired: [{ value: '', at: now - 86_400_000, until: now - 86_000_000, severity: 'critical', found: found({}) }],
});

const learnt = (now, more) => ({ until: now - 30_000, hours_seen: 331, confidence: 'good', out_since: null, ...more });

export const baselineSeries = (now) => ({
  series: [
    { measure: 'api_duration_ms.p95', dimension: 'all', value: '', learnt: learnt(now, { out_since: now - 900_000 }) },
    { measure: 'availability.calls', dimension: 'region', value: 'Guangdong <b>', learnt: learnt(now, { hours_seen: 52, confidence: 'fair' }) },
    { measure: 'page_views', dimension: 'all', value: '', learnt: learnt(now, { hours_seen: 9, confidence: 'learning' }) },
  ],
  left_out: 3,
});

/** An hour of a latency that goes out of its band for its last quarter. */
export function baseline(now, { measure, from, to }) {
  const knows = measure != 'page_views';
  const step = Math.max(60_000, Math.ceil((to - from) / 60 / 60_000) * 60_000);
  const points = Array.from({ length: Math.ceil((to - from) / step) }, (_, at) => {
    const middle = 520 + 60 * Math.sin(at / 9);
    const isOut = from + at * step > now - 900_000;
    const value = measure.startsWith('availability') ? (isOut ? 0.91 : 0.991) : middle + 40 * Math.sin(at * 1.7) + (isOut ? 1600 : 0);
    const expected = measure.startsWith('availability') ? { low: 0.975, middle: 0.99, high: 1 } : { low: middle - 210, middle, high: middle + 320 };
    return { at: from + at * step, value, expected: knows ? expected : null };
  });
  return { measure, step_ms: step, learnt: baselineSeries(now).series.find((one) => one.measure == measure)?.learnt ?? null, points };
}
