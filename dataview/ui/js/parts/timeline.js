// The events of a session in their order, below the pages they happened on.

import { href } from '../address.js';
import { h, icon } from '../dom.js';
import { clock, duration, fullTime } from '../format.js';
import { named, t } from '../words.js';
import { eventTitle } from './event-title.js';
import { pathOf } from './session-table.js';
import { attributes } from './tiles.js';

/** How many events are drawn at first: a day-long session has thousands. */
const FIRST = 500;

const ICONS = {
  page_view: 'page',
  route_change: 'page',
  app_launch: 'page',
  page_load: 'page',
  user_action: 'action',
  api_call: 'call',
  exception: 'error',
  unhandled_rejection: 'error',
  resource_failure: 'error',
  browser_report: 'error',
  web_vital: 'vital',
  identity: 'user',
};

/** The list; the event at the time `at`, if one is, is the one to look at. */
export function timeline({ events, views, session, at }) {
  const pages = new Map(views.map((view) => [view.id, view.page]));
  const list = h('ol.timeline', { id: 'timeline' });
  let shownView = null;
  const pageOf = (event) => {
    const page = event.page ?? pages.get(event.view);
    return page ? pathOf(page) : t('timeline.no_page');
  };
  const addUpTo = (end) => {
    for (const event of events.slice(list.drawn ?? 0, end)) {
      if (event.view != shownView || shownView === null) {
        shownView = event.view ?? '';
        list.append(h('li.view', h('h3', pageOf(event)), h('span.muted', clock(event.at))));
      }
      list.append(item(event, session, event.at == at));
    }
    list.drawn = end;
  };
  const found = at === null ? -1 : events.findIndex((event) => event.at == at);
  addUpTo(Math.max(FIRST, found + 50));
  const rest = () => events.length - list.drawn;
  const button = h('button', { type: 'button' }, t('more'));
  button.addEventListener('click', () => {
    addUpTo(list.drawn + FIRST);
    if (rest() <= 0) button.remove();
  });
  if (found >= 0) requestAnimationFrame(() => list.querySelector('.looked-at')?.scrollIntoView({ block: 'center' }));
  return h('div', list, rest() > 0 && h('.more', button));
}

function item(event, session, looked) {
  const details = h('.event-details', { hidden: !looked });
  const fill = () => details.childElementCount == 0 && details.append(fields(event));
  if (looked) fill();
  const opener = h('button.as-link.event-title', { type: 'button', 'data-open': true, 'aria-expanded': String(looked) }, eventTitle(event) || named(`kind.${event.kind}`, event.kind));
  opener.addEventListener('click', () => {
    fill();
    details.hidden = !details.hidden;
    opener.setAttribute('aria-expanded', String(!details.hidden));
  });
  const row = h(
    '.event',
    h('time', { title: fullTime(event.at), datetime: new Date(event.at).toISOString() }, clock(event.at, true)),
    h('span.event-kind', { title: named(`kind.${event.kind}`, event.kind) }, icon(ICONS[event.kind] ?? 'step'), h('span.unseen', named(`kind.${event.kind}`, event.kind))),
    h('.event-words', opener, event.ok === false && h('span.flag', t('timeline.failed')), h('span.event-why', event.not_joined && t('timeline.not_joined', { why: t(`not_joined.${event.not_joined}`) }))),
    h('span.event-duration', { class: slow(event) ? 'judged fair' : '' }, typeof event.duration_ms == 'number' ? duration(event.duration_ms) : ''),
    event.trace ? h('a.to-trace', { href: href(`/traces/${event.trace}`, { near: Math.round(event.at), session: session.id }) }, t('timeline.trace')) : h('span'),
  );
  row.addEventListener('click', (click) => {
    if (!click.target.closest('a, button') && !String(getSelection())) opener.click();
  });
  return h('li', { class: [event.ok === false && 'failed', looked && 'looked-at'].filter(Boolean).join(' ') }, row, details);
}

/** What a customer waits for notices: an answer that took more than a second. */
const slow = ({ kind, duration_ms: ms }) => ms > 1000 && ['api_call', 'user_action', 'page_view', 'route_change', 'page_load'].includes(kind);

/** Everything that the event said, in the wire's own names. */
function fields(event) {
  const all = Object.entries(event.fields ?? {});
  return all.length == 0 ? h('p.muted', t('timeline.no_fields')) : attributes(all);
}

