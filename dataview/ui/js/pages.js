// Which page an address leads to.

import * as accounts from './pages/accounts.js';
import * as audit from './pages/audit.js';
import * as baselines from './pages/baselines.js';
import * as chain from './pages/chain.js';
import * as deadLetters from './pages/dead-letters.js';
import * as error from './pages/error.js';
import * as errors from './pages/errors.js';
import * as find from './pages/find.js';
import * as incident from './pages/incident.js';
import * as incidents from './pages/incidents.js';
import * as missing from './pages/missing.js';
import * as overview from './pages/overview.js';
import * as rules from './pages/rules.js';
import * as session from './pages/session.js';
import * as sessions from './pages/sessions.js';
import * as subscriptions from './pages/subscriptions.js';
import * as trace from './pages/trace.js';

/**
 * Every page: `load(view)` gives its body, `name` is its entry of the menu and its title, `ranged` says
 * that it is about a range of time.
 */
const PAGES = [
  ['/overview', overview],
  ['/incidents', incidents],
  ['/incidents/:id', incident],
  ['/rules', rules],
  ['/baselines', baselines],
  ['/errors', errors],
  ['/errors/:fingerprint', error],
  ['/sessions', sessions],
  ['/sessions/:id', session],
  ['/find', find],
  ['/traces/:id', trace],
  ['/subscriptions', subscriptions],
  ['/chain', chain],
  ['/dead-letters', deadLetters],
  ['/access', accounts],
  ['/audit', audit],
];

/** The entries of the menu, in their order, and the least role that sees each. */
export const MENU = [
  { path: '/overview', name: 'overview', role: 'viewer' },
  { path: '/incidents', name: 'incidents', role: 'viewer' },
  { path: '/errors', name: 'errors', role: 'viewer' },
  { path: '/sessions', name: 'sessions', role: 'viewer' },
  { path: '/find', name: 'find', role: 'support' },
  { path: '/rules', name: 'rules', role: 'viewer' },
  { path: '/baselines', name: 'baselines', role: 'viewer' },
  { path: '/chain', name: 'chain', role: 'viewer' },
  { path: '/subscriptions', name: 'subscriptions', role: 'administrator' },
  { path: '/access', name: 'access', role: 'administrator' },
  { path: '/audit', name: 'audit', role: 'administrator' },
];

const ROLES = ['viewer', 'support', 'administrator'];

/** Whether someone with the role `has` may do what `wants` may. */
export const may = (has, wants) => ROLES.indexOf(has) >= ROLES.indexOf(wants);

/** The page of `path`: `{ page, names }` with what stands in the places of its address. */
export function pageOf(path) {
  const parts = path.split('/');
  for (const [pattern, page] of PAGES) {
    const wanted = pattern.split('/');
    if (wanted.length != parts.length) continue;
    const fits = wanted.every((part, at) => (part.startsWith(':') ? parts[at] : part == parts[at]));
    if (!fits) continue;
    const names = wanted.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), decoded(parts[at])]] : []));
    // An address that cannot be read is nobody's.
    if (names.some(([, value]) => value === null)) break;
    return { page, names: Object.fromEntries(names) };
  }
  return { page: missing, names: {} };
}

/** What `part` of an address stands for; null where it stands for nothing, as `%` does. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
