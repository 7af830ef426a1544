// Numbers, times and durations as people read them.

import { language } from './words.js';

const NONE = '–';
const known = (value) => typeof value == 'number' && Number.isFinite(value);
const makers = new Map();

/** Formatters are dear to make and the same few are wanted again and again. */
function maker(kind, options) {
  const key = `${language()} ${kind.name} ${JSON.stringify(options)}`;
  if (!makers.has(key)) makers.set(key, new kind(language(), options));
  return makers.get(key);
}

/** A count: in full up to seven digits, short above. */
export function count(value) {
  if (!known(value)) return NONE;
  const short = Math.abs(value) >= 10_000_000;
  const options = short ? { notation: 'compact', maximumFractionDigits: 1 } : { maximumFractionDigits: 0 };
  return maker(Intl.NumberFormat, options).format(value);
}

/** A share between 0 and 1, cut rather than rounded, so that 100 % means all. */
export function share(value) {
  if (!known(value)) return NONE;
  const cut = Math.floor(value * 10_000 + 1e-9) / 10_000;
  return maker(Intl.NumberFormat, { style: 'percent', minimumFractionDigits: cut < 1 ? 2 : 0, maximumFractionDigits: 2 }).format(cut);
}

/** A duration in ms: 0.4 ms, 83 ms, 1.24 s, 3 min 5 s, 2 h 10 min. */
export function duration(ms) {
  if (!known(ms)) return NONE;
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const pair = (large, small, unit) => {
    const whole = Math.round(ms / small);
    const rest = whole % unit[1];
    return `${Math.floor(whole / unit[1])} ${unit[0]}${rest ? ` ${rest} ${unit[2]}` : ''}`;
  };
  if (ms < 3_600_000) return pair(60_000, 1000, ['min', 60, 's']);
  if (ms < 86_400_000) return pair(3_600_000, 60_000, ['h', 60, 'min']);
  return pair(86_400_000, 3_600_000, ['d', 24, 'h']);
}

/** Layout Shift, which has no unit. */
export const score = (value) => (known(value) ? value.toFixed(3) : NONE);

/** Bytes: 812 B, 4.2 MB. */
export function bytes(value) {
  if (!known(value)) return NONE;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** step;
  return `${step == 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${units[step]}`;
}

const DAY_MS = 86_400_000;

/** A time of day, with seconds and, where `exact`, ms. */
export const clock = (ms, exact = false) =>
  known(ms)
    ? maker(Intl.DateTimeFormat, {
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
        ...(exact ? { fractionalSecondDigits: 3 } : {}),
      }).format(ms)
    : NONE;

/** A time: its day too, unless it is today. */
export function time(ms, now = Date.now()) {
  if (!known(ms)) return NONE;
  const today = new Date(ms).toDateString() == new Date(now).toDateString();
  const day = today ? {} : { month: 'short', day: 'numeric' };
  const year = Math.abs(now - ms) > 300 * DAY_MS ? { year: 'numeric' } : {};
  return maker(Intl.DateTimeFormat, { ...year, ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms);
}

/** A time with everything, for a tool tip: the browser's zone, and what it is in UTC. */
export const fullTime = (ms) =>
  known(ms)
    ? `${maker(Intl.DateTimeFormat, { dateStyle: 'medium', timeStyle: 'long' }).format(ms)} · ${new Date(ms).toISOString()}`
    : NONE;

/** The first characters of a long identifier. */
export const brief = (id) => (id && id.length > 10 ? `${id.slice(0, 8)}…` : (id ?? NONE));
