// Single figures: a tile with a figure, and the scale of a Web Vital.

import { h } from '../dom.js';
import { count, duration, score, share } from '../format.js';
import { t } from '../words.js';

/**
 * A figure with its name and what explains it. `state` is good, fair or poor, in words too: colour alone
 * says nothing to some.
 */
export const tile = ({ name, value, detail, state, hint, id, classes = '' }) =>
  h('.tile', { class: [state, classes].filter(Boolean).join(' '), id, title: hint }, h('dt', name), h('dd', h('b', value), detail && h('span.detail', detail)));

/** How a figure has moved since the time before: `better` is the sign that is good news. */
export function moved(now, then, { better, points = false }) {
  if (typeof now != 'number' || typeof then != 'number' || (!points && then == 0)) return null;
  const by = points ? (now - then) * 100 : ((now - then) / then) * 100;
  const size = Math.abs(by);
  if (size < (points ? 0.01 : 1)) return h('span.moved', t('moved.same'));
  const text = points ? `${size.toFixed(2)} ${t('moved.points')}` : `${size > 999 ? '>999' : Math.round(size)} %`;
  const good = better === 0 ? '' : Math.sign(by) == better ? 'good' : 'poor';
  return h('span.moved', { class: good, title: t('moved.words') }, by > 0 ? '▲ ' : '▼ ', text);
}

/** Up to where a vital is good, and up to where it is not yet poor (web.dev/articles/vitals), at the 75th percentile. */
export const VITALS = {
  lcp_ms: { good: 2500, fair: 4000, shown: duration },
  inp_ms: { good: 200, fair: 500, shown: duration },
  cls: { good: 0.1, fair: 0.25, shown: score },
  fcp_ms: { good: 1800, fair: 3000, shown: duration },
  ttfb_ms: { good: 800, fair: 1800, shown: duration },
};

/** Whether a vital is good, fair or poor. */
export function judged(name, value) {
  const bounds = VITALS[name];
  if (!bounds || typeof value != 'number') return '';
  return value <= bounds.good ? 'good' : value <= bounds.fair ? 'fair' : 'poor';
}

/** Availability below which it is not good, and below which it is poor. */
const AVAILABLE = { good: 0.995, fair: 0.98 };

/** Whether an availability is good, fair or poor. */
export function judgedShare(value) {
  if (typeof value != 'number') return '';
  return value >= AVAILABLE.good ? 'good' : value >= AVAILABLE.fair ? 'fair' : 'poor';
}

/** A coloured figure. */
export const judgedText = (text, state) => h('span', { class: state ? `judged ${state}` : '' }, text);

/** A vital at its 75th percentile on its scale. */
export function vital(name, figures) {
  const { good, fair, shown } = VITALS[name];
  const value = figures?.p75;
  const state = judged(name, value);
  const end = fair * 1.5;
  const at = typeof value == 'number' ? Math.min(1, value / end) : null;
  const scale = h(
    '.scale',
    { style: { '--good-end': good / end, '--fair-end': fair / end, ...(at === null ? {} : { '--at': at }) }, 'aria-hidden': 'true' },
    at !== null && h('i'),
  );
  return h(
    '.vital',
    { class: state, title: t(`vital.${name}.words`) },
    h('dt', t(`vital.${name}`)),
    h('dd', h('p.vital-figure', h('b', shown(value)), h('span.verdict', state ? t(`judged.${state}`) : t('judged.none'))), scale, h('span.detail', t('vital.of', { count: count(figures?.count ?? 0), good: shown(good) }))),
  );
}

/** A list of what is known: a name and what it is, where it is known; `wide` what needs room. */
export const facts = (pairs) =>
  h('dl.facts', pairs.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false).map(([name, value, wide]) => h(wide ? 'div.wide' : 'div', h('dt', name), h('dd', value))));

/** A text longer than this stands across the columns. */
const LONG = 40;

/** Attributes as they were told: names as they are, values as text. */
export const attributes = (pairs) =>
  facts(
    pairs.map(([name, value]) => {
      const text = value !== null && typeof value == 'object' ? JSON.stringify(value, null, 2) : String(value);
      return [name, h('pre', text), text.length > LONG];
    }),
  );

/** An availability as a tile's text. */
export const available = (value) => judgedText(share(value), judgedShare(value));
