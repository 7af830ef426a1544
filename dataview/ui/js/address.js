// The state of the page is its address, so that it can be sent to a colleague and Back works.

/** What goes along when another page is opened. */
const CARRIED = ['app', 'last', 'from', 'to'];

/** The parameters of the present address. */
export const params = () => new URLSearchParams(location.search);

/** The address of `path` for the same application and time, with `changes`; null leaves a parameter out. */
export function href(path, changes = {}) {
  const kept = [...params()].filter(([name]) => CARRIED.includes(name));
  return compose(path, new URLSearchParams(kept), changes);
}

/** The present address with `changes`. */
export const here = (changes) => compose(location.pathname, params(), changes);

function compose(path, query, changes) {
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  query.sort();
  const text = query.toString();
  return path + (text && `?${text}`);
}

let follow = () => {};

/** Says who shows an address: `show({ back })`. Links of ours, Back and `go` lead there. */
export function onAddress(show) {
  follow = show;
  history.scrollRestoration = 'manual';
  addEventListener('popstate', (event) => show({ back: true, scroll: event.state?.scroll ?? 0 }));
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href]');
    const plain = event.button == 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || event.defaultPrevented || link.target || link.origin != location.origin) return;
    if (link.hasAttribute('download') || link.pathname.startsWith('/api/')) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** Opens `address`; with `replace` Back does not come here again. */
export function go(address, { replace = false } = {}) {
  // Where this page was scrolled to, for when Back comes here.
  history.replaceState({ scroll: scrollY }, '');
  history[replace ? 'replaceState' : 'pushState']({ scroll: 0 }, '', address);
  follow({ back: false, scroll: 0 });
}

/** Writes `changes` into the address without showing anything anew: what they say is on the screen already. */
export const note = (changes) => history.replaceState(history.state, '', here(changes));
