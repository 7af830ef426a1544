// Starts the page: who is it, which applications are there, and what does the address ask for?

import { get, whenSignedOut } from './api.js';
import { go, onAddress, params } from './address.js';
import { makeFrame } from './frame.js';
import { listen } from './keyboard.js';
import { pageOf } from './pages.js';
import { makeScreen } from './screen.js';
import { showPassword } from './pages/password.js';
import { showSignIn } from './pages/sign-in.js';
import { PRESETS } from './times.js';

const root = document.getElementById('app');
/** Who is signed in and what they may see. */
const session = { me: null, apps: [] };
let screen = null;

async function start() {
  whenSignedOut(ended);
  listen();
  onAddress((how) => show(how));
  let me = null;
  try {
    me = await get('/me');
  } catch (problem) {
    // Without an answer the sign-in page says so, when one tries.
    if (problem.status != 401) console.error(problem);
  }
  await (me ? signedIn(me) : show({ scroll: 0 }));
}

/** Someone is signed in: everything is built for them. */
async function signedIn(me, password) {
  if (me.must_change_password) {
    showPassword(root, password, (changed) => signedIn(changed));
    return;
  }
  session.me = me;
  // Whoever has sent something within a month can be chosen.
  session.apps = await get('/apps', { from: Date.now() - PRESETS['30d'] }).then(({ apps }) => apps, () => []);
  build();
  await show({ scroll: 0 });
}

function build() {
  screen?.close();
  const frame = makeFrame(root, session, { signOut: ended, again: build, password: () => showPassword(root, '', (me) => signedIn(me)) });
  screen = makeScreen(frame, session);
  if (session.me) screen.show(pageOf(location.pathname), { scroll: scrollY });
}

function ended() {
  if (!session.me) return;
  session.me = null;
  screen?.close();
  screen = null;
  show({ scroll: 0 });
}

async function show(how) {
  if (!session.me) {
    showSignIn(root, signedIn);
    return;
  }
  if (location.pathname == '/' || location.pathname == '/sign-in') {
    go(`/overview${location.search}`, { replace: true });
    return;
  }
  if (!params().get('app') && session.apps.length > 0) {
    const query = params();
    query.set('app', session.apps[0]);
    go(`${location.pathname}?${query}`, { replace: true });
    return;
  }
  await screen.show(pageOf(location.pathname), how);
}

start();
