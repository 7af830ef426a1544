// Everything that a page can see of what monitoring wraps. Runs in the page; what it returns must
// be the same with our tag and without it.

/** How a function looks to a page that looks. */
function look(owner, name) {
  const value = owner[name];
  const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(owner, name) ?? {};
  return {
    name: value.name,
    length: value.length,
    native: /\[native code\]/.test(Function.prototype.toString.call(value)),
    prototype: 'prototype' in value,
    keys: Object.keys(value),
    flags: [writable, enumerable, configurable],
    constructs: attempt(() => Reflect.construct(Object, [], value) && true) === true,
  };
}

function attempt(act) {
  try {
    return act();
  } catch (error) {
    return `${error.constructor.name} ${error.name}: ${error.message}`;
  }
}

const refused = (promise) => promise.then(() => 'answered', (error) => `${error.constructor.name} ${error.name}: ${error.message}`);

async function fetches() {
  const request = new Request('/api/ok');
  const aborted = AbortSignal.abort(Object.assign(new Error('mine'), { mine: true }));
  const promise = fetch('/api/ok');
  const reason = await fetch('/api/ok', { signal: aborted }).catch((error) => error);
  return {
    isPromise: promise.constructor === Promise,
    json: await (await promise).json(),
    status: (await fetch('/api/fails')).status,
    ofRequest: await (await fetch(request)).json(),
    reason: reason === aborted.reason,
    nothing: await refused(fetch()),
    otherThis: await refused(fetch.call({}, '/api/ok')),
    noThis: await refused((0, fetch)('/api/ok')),
    badAddress: await refused(fetch('http://[')),
    method: await refused(fetch('/api/ok', { method: 'a b' })),
    post: await (await fetch('/api/ok', { method: 'POST', body: 'x' })).json(),
  };
}

function request(use) {
  return new Promise((resolve) => {
    const xhr = new XMLHttpRequest();
    const seen = { listeners: [] };
    const listener = function (event) {
      seen.listeners.push([event.type, this === xhr, event.target === xhr]);
    };
    for (const type of ['readystatechange', 'load', 'error', 'abort', 'loadend']) xhr.addEventListener(type, listener);
    xhr.onload = listener;
    xhr.addEventListener('loadend', () => resolve({ ...seen, status: xhr.status, text: xhr.responseText, keys: Object.keys(xhr) }));
    seen.open = xhr.open('GET', '/api/ok');
    seen.sent = use(xhr);
  });
}

async function requests() {
  const { prototype } = XMLHttpRequest;
  return {
    answered: await request((xhr) => xhr.send()),
    aborted: await request((xhr) => (xhr.send(), xhr.abort())),
    notOpened: attempt(() => new XMLHttpRequest().send()),
    noArguments: attempt(() => new XMLHttpRequest().open()),
    badAddress: attempt(() => new XMLHttpRequest().open('GET', 'http://[')),
    otherThis: [attempt(() => prototype.open.call({}, 'GET', '/')), attempt(() => prototype.send.call({}))],
    headers: [attempt(() => new XMLHttpRequest().setRequestHeader('a', 'b')), attempt(() => prototype.setRequestHeader.call({}, 'a', 'b'))],
  };
}

function routes() {
  const state = { step: 1 };
  const pushed = history.pushState(state, '', '#a');
  const replaced = history.replaceState(state, '', '#b');
  return {
    pushed,
    replaced,
    state: history.state,
    hash: location.hash,
    cloned: attempt(() => history.pushState(() => {}, '')).slice(0, 30),
    foreign: attempt(() => history.pushState(null, '', 'https://elsewhere.example/')).slice(0, 30),
    otherThis: attempt(() => history.pushState.call({}, null, '')),
  };
}

async function listeners() {
  const seen = [];
  const target = document.createElement('a');
  const heard = function (event) {
    seen.push([this === target, event.type]);
  };
  const object = { handleEvent(event) { seen.push([this === object, event.type]); } };
  const added = [target.addEventListener('x', heard), target.addEventListener('x', object, { once: true })];
  target.dispatchEvent(new Event('x'));
  target.removeEventListener('x', heard);
  target.dispatchEvent(new Event('x'));
  return { seen, added, nothing: attempt(() => target.addEventListener()) };
}

/** What is thrown comes to the page as it was thrown, and stays cancellable. */
async function errors() {
  const thrown = { no: 'error' };
  const reason = new TypeError('mine');
  const seen = {};
  const told = new Promise((resolve) => {
    onerror = (message, file, line, column, error) => {
      seen.onerror = [message, error === thrown];
      return true;
    };
    onunhandledrejection = (event) => {
      seen.rejection = [event.reason === reason, event.promise === rejected, event.cancelable];
      event.preventDefault();
      resolve();
    };
  });
  const timer = new Promise((resolve) => addEventListener('error', resolve, { once: true }));
  setTimeout(() => { throw thrown; });
  seen.event = (await timer).error === thrown;
  const rejected = Promise.reject(reason);
  await told;
  onerror = onunhandledrejection = null;
  return seen;
}

window.probe = async () => ({
  looks: Object.fromEntries(
    [
      [window, 'fetch'],
      [XMLHttpRequest.prototype, 'open'],
      [XMLHttpRequest.prototype, 'send'],
      [XMLHttpRequest.prototype, 'setRequestHeader'],
      [History.prototype, 'pushState'],
      [History.prototype, 'replaceState'],
      [EventTarget.prototype, 'addEventListener'],
      [EventTarget.prototype, 'removeEventListener'],
      [navigator.constructor.prototype, 'sendBeacon'],
      ...['debug', 'error', 'info', 'log', 'warn'].map((name) => [console, name]),
    ].map(([owner, name]) => [name, look(owner, name)]),
  ),
  fetches: await fetches(),
  requests: await requests(),
  routes: routes(),
  listeners: await listeners(),
  errors: await errors(),
  console: ['debug', 'error', 'info', 'log', 'warn'].map((name) => console[name]('probe', { name })),
  // Without ours, what the tests' own driver brings, and what Sentry has only from its first callback on.
  globals: Object.keys(window).filter((name) => !/^dna$|ariaQuery|_sentryWrappedDepth/.test(name)).sort(),
});
