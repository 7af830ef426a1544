// What stands around every page: the menu, the application, language, light or dark, and who is signed in.

import { post } from './api.js';
import { go, here, href } from './address.js';
import { h, icon } from './dom.js';
import { may, MENU } from './pages.js';
import { choice, tools } from './parts/tools.js';
import { t } from './words.js';

/** Builds the frame in `root` for who is signed in. `again` builds it anew, in another language. */
export function makeFrame(root, session, { signOut, again, password }) {
  const links = new Map(
    MENU.filter(({ role }) => may(session.me.role, role)).map(({ path, name }) => [name, h('a', { 'data-path': path }, icon(name), t(`${name}.menu`))]),
  );
  const apps = h('.apps');
  const menu = h('nav.menu', { 'aria-label': t('menu.label'), id: 'menu' }, [...links.values()]);
  const side = h('.side', menu, h('.side-foot', who(session.me, signOut, password), tools(again)));
  const opener = h('button.quiet.opener', { type: 'button', 'aria-expanded': 'false', 'aria-controls': 'menu' }, icon('menu'), h('span.unseen', t('menu.label')));
  const open = (yes) => {
    side.classList.toggle('open', yes);
    opener.setAttribute('aria-expanded', String(yes));
  };
  opener.addEventListener('click', () => open(!side.classList.contains('open')));
  const main = h('main', { id: 'main' });
  const voice = h('p.unseen', { role: 'status' });
  const skip = h('a.skip', { href: '#main' }, t('menu.skip'));
  skip.addEventListener('click', (event) => {
    event.preventDefault();
    main.querySelector('h1')?.focus();
  });
  root.replaceChildren(
    skip,
    h('.frame', h('header.top', h('.brand', mark(), h('span', 'DataView')), apps, opener), side, main),
    voice,
  );
  root.classList.remove('signing-in');
  return {
    main,
    /** Shows which page is open, and keeps the links of the menu at its application and time. */
    point(name, view) {
      open(false);
      const owner = { error: 'errors', incident: 'incidents', session: 'sessions', trace: 'sessions', 'dead-letters': 'chain' }[name] ?? name;
      for (const [key, link] of links) {
        link.href = href(link.dataset.path);
        if (key == owner) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
      apps.replaceChildren(...appChoice(view));
    },
    /** Says something to who listens to the page. */
    say(text) {
      voice.textContent = text;
    },
  };
}

/** Three bars: experience, network, application. */
export const mark = () => h('span.mark', { 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));

function appChoice({ apps, app }) {
  if (apps.length == 0) return [];
  const known = apps.includes(app) ? apps : [...apps, app];
  return [
    choice(
      t('app.label'),
      known.map((name) => [name, name]),
      app,
      (name) => go(here({ app: name })),
      'app',
    ),
  ];
}

function who(me, signOut, password) {
  const leave = async () => {
    // Even when nobody answers: the page forgets who it was.
    await post('/logout').catch(() => {});
    signOut();
  };
  return h(
    '.who',
    h('button.as-link.who-name', { type: 'button', id: 'password', title: t('password.menu'), onclick: password }, me.name),
    h('span.muted', t(`role.${me.role}`)),
    h('button.quiet', { type: 'button', id: 'sign-out', onclick: leave, title: t('sign-out') }, icon('leave'), h('span.unseen', t('sign-out'))),
  );
}
