// Shows one page after another: keeps the old one until the new one is there, and says what went wrong.

import { go, params } from './address.js';
import { h } from './dom.js';
import { rangeBar } from './parts/range.js';
import { problemState, skeleton } from './parts/states.js';
import { rangeOf } from './times.js';
import { kept, t } from './words.js';

/** How often a page that follows the present is shown anew. */
const FOLLOW_MS = 10_000;

/** The part of the frame that pages are shown in. */
export function makeScreen(frame, session) {
  let loading = new AbortController();
  let cleanups = [];
  let shownPath = null;
  let last = null;

  const clean = () => {
    for (const act of cleanups.splice(0)) act();
  };

  async function show(found, { scroll = 0, quiet = false } = {}) {
    loading.abort();
    const mine = (loading = new AbortController());
    last = found;
    const { page, names } = found;
    const moved = shownPath != location.pathname;
    const query = params();
    const heading = makeHeading(page, query, () => show(found, { scroll: scrollY }));
    const leaving = [];
    const view = {
      ...session,
      names,
      params: query,
      app: query.get('app') ?? '',
      range: rangeOf(query),
      signal: mine.signal,
      /** Does something when the page is left. */
      leave: (act) => leaving.push(act),
      /** Says what the page is called, once that is known. */
      title: heading.title,
      reload: () => show(found, { scroll: scrollY, quiet: true }),
    };
    frame.point(page.name, view);
    if (moved) {
      clean();
      frame.main.replaceChildren(heading.element, skeleton());
      scrollTo(0, 0);
    } else if (!quiet) {
      frame.main.setAttribute('aria-busy', 'true');
    }
    let body;
    try {
      body = await page.load(view);
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!('status' in error)) console.error(error);
      body = problemState(error, view.reload);
    }
    if (mine.signal.aborted) {
      for (const act of leaving) act();
      return;
    }
    clean();
    cleanups = leaving;
    const focused = document.activeElement?.id;
    frame.main.replaceChildren(heading.element, body);
    frame.main.removeAttribute('aria-busy');
    for (const act of view.shown ?? []) act();
    document.title = `${heading.text()} · DataView`;
    if (moved) {
      if (shownPath !== null) heading.focus();
      frame.say(heading.text());
      shownPath = location.pathname;
    } else if (focused) {
      document.getElementById(focused)?.focus({ preventScroll: true });
    }
    if (scroll > 0) scrollTo(0, scroll);
  }

  const follow = setInterval(() => {
    const busy = document.hidden || document.querySelector('dialog[open]') || frame.main.contains(document.activeElement?.closest?.('input, select, textarea'));
    const follows = last?.page.ranged && rangeOf(params()).last && kept('dataview.follow') == 'yes';
    if (follows && !busy) show(last, { scroll: scrollY, quiet: true });
  }, FOLLOW_MS);

  return {
    show,
    close() {
      clearInterval(follow);
      loading.abort();
      clean();
    },
  };
}

/** The page's title, what it is about, and the range of time. */
function makeHeading(page, query, again) {
  const title = h('h1', { tabindex: '-1' }, t(`${page.name}.title`));
  const lead = h('p.lead', t(`${page.name}.lead`));
  const back = page.parent && h('a.back', { href: page.parent(), 'data-back': true }, `‹ ${t(`${page.parentName}.title`)}`);
  const element = h('.heading', h('.heading-words', back, title, lead), page.ranged && rangeBar(query, go, again));
  return {
    element,
    focus: () => title.focus({ preventScroll: true }),
    text: () => title.textContent,
    title(text, words) {
      title.textContent = text;
      if (words !== undefined) lead.textContent = words;
    },
  };
}
