// One session from beginning to end: what the customer saw, did and waited for, page by page.

import { get } from '../api.js';
import { go, here, href } from '../address.js';
import { h } from '../dom.js';
import { clock, count, duration, fullTime, time } from '../format.js';
import { pathOf, person } from '../parts/session-table.js';
import { empty } from '../parts/states.js';
import { facts } from '../parts/tiles.js';
import { timeline } from '../parts/timeline.js';
import { t } from '../words.js';

export const name = 'session';
export const parent = () => href('/sessions');
export const parentName = 'sessions';

/** The kinds that tell a story; the others explain it. */
const STORY = ['page_view', 'route_change', 'app_launch', 'user_action', 'api_call', 'exception', 'unhandled_rejection', 'resource_failure', 'transaction', 'identity', 'browser_report', 'custom'];

const SHOWS = {
  story: (event) => STORY.includes(event.kind) || event.ok === false,
  trouble: (event) => event.ok === false,
  all: () => true,
};

export async function load(view) {
  const { app, names, params, signal } = view;
  const { session, timeline: events, views = [], events_left_out: left, frames_unreadable: unreadable } = await get(`/sessions/${encodeURIComponent(names.id)}`, { app }, signal);
  view.title(t('session.of', { time: time(session.first_at) }), '');
  const show = SHOWS[params.get('show')] ? params.get('show') : 'story';
  const shown = events.filter(SHOWS[show]);
  return h(
    '.session',
    h('section.panel', about(session)),
    h(
      'section.panel',
      h('.panel-head', h('h2', t('session.timeline')), tabs(show, events)),
      left > 0 && h('p.muted', t('session.left_out', { count: count(left) })),
      unreadable > 0 && h('p.wrong', t('session.unreadable', { count: count(unreadable) })),
      shown.length == 0 ? empty('session.empty') : timeline({ events: shown, views, session, at: Number(params.get('at')) || null }),
    ),
  );
}

function about(session) {
  const user = session.user && h('a', { href: href('/sessions', { user: session.user, last: '30d', from: null, to: null }), title: t('session.same_user') }, person(session));
  return facts([
    [t('sessions.user'), user || h('span.muted', t('sessions.nobody'))],
    [t('session.when'), h('span', { title: fullTime(session.first_at) }, `${time(session.first_at)} – ${clock(session.last_at)}`)],
    [t('sessions.length'), duration(session.last_at - session.first_at)],
    [t('sessions.first_page'), pathOf(session.first_page)],
    [t('by.region'), session.region],
    [t('by.operator'), session.operator],
    [t('by.device'), session.device],
    [t('by.os'), session.os],
    [t('by.browser'), session.browser],
    [t('by.release'), session.release],
    [t('session.did'), t('session.counts', { views: count(session.views), calls: count(session.calls) })],
    [t('session.wrong'), h('span', { class: session.errors + session.calls_failed > 0 ? 'judged poor' : '' }, t('session.wrong.counts', { errors: count(session.errors), failed: count(session.calls_failed) }))],
    [t('error.session'), h('code', session.id), true],
  ]);
}

function tabs(show, events) {
  const items = Object.entries(SHOWS).map(([key, fits]) =>
    h('button', { type: 'button', id: `show-${key}`, 'aria-pressed': String(key == show), onclick: () => go(here({ show: key == 'story' ? null : key }), { replace: true }) }, t(`session.show.${key}`), h('span.muted', count(events.filter(fits).length))),
  );
  return h('.segments', items);
}
