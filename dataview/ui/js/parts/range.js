// The range of time that a page is about: the last so much, or from here to there.

import { here } from '../address.js';
import { h, icon } from '../dom.js';
import { clock, time } from '../format.js';
import { between, lastOf, moved, PRESETS, rangeOf } from '../times.js';
import { keep, kept, t } from '../words.js';

/** The bar with which the range is chosen; `go` opens an address, `again` loads the page anew. */
export function rangeBar(params, go, again) {
  const range = rangeOf(params);
  const to = (changes) => () => go(here(changes));
  const presets = Object.keys(PRESETS).map((name) =>
    h('button', { type: 'button', id: `last-${name}`, 'aria-pressed': String(range.last == name), onclick: to(lastOf(name)) }, t(`range.${name}`)),
  );
  const button = (name, act, extra = {}) =>
    h('button.quiet', { type: 'button', id: `range-${name}`, title: t(`range.${name}`), onclick: act, ...extra }, icon({ earlier: 'back', later: 'forward', again: 'refresh' }[name]), h('span.unseen', t(`range.${name}`)));
  const follows = kept('dataview.follow') == 'yes' && range.last !== null;
  const follow = h('button.quiet.follow', { type: 'button', id: 'range-follow', 'aria-pressed': String(follows), title: t('range.follow.words') }, h('i.dot'), t('range.follow'));
  follow.addEventListener('click', () => {
    keep('dataview.follow', follows ? 'no' : 'yes');
    if (range.last === null) go(here(lastOf('1h')));
    else again();
  });
  return h(
    '.range',
    { role: 'group', 'aria-label': t('range.label') },
    h('.segments', presets),
    custom(range, go),
    h('.range-steps', button('earlier', to(moved(range, -1))), button('later', to(moved(range, 1)), { disabled: range.to >= Date.now() - 1000 }), button('again', again), follow),
  );
}

/** The range in words, behind which it can be typed. */
function custom(range, go) {
  const sameDay = new Date(range.from).toDateString() == new Date(range.to).toDateString();
  const shown = range.last === null ? `${time(range.from)} – ${sameDay ? clock(range.to).slice(0, 5) : time(range.to)}` : t('range.custom');
  const from = h('input', { type: 'datetime-local', id: 'range-from', value: local(range.from), required: true });
  const to = h('input', { type: 'datetime-local', id: 'range-to', value: local(range.to), required: true });
  const wrong = h('p.wrong', { role: 'alert' });
  const chosen = (event) => {
    event.preventDefault();
    const [first, last] = [new Date(from.value).getTime(), new Date(to.value).getTime()];
    if (first < last) go(here(between(first, last)));
    else wrong.textContent = t('range.wrong');
  };
  return h(
    'details.custom',
    h('summary', { id: 'range-custom', class: range.last === null ? 'chosen' : '' }, shown),
    h('form', { onsubmit: chosen }, h('label', t('range.from'), from), h('label', t('range.to'), to), wrong, h('button.main', t('range.apply'))),
  );
}

/** A time as `datetime-local` wants it, in the browser's zone. */
function local(ms) {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}
