// First on the page: remembers what everything was before anybody wrapped it.

window.kept = {
  fetch: window.fetch,
  open: XMLHttpRequest.prototype.open,
  send: XMLHttpRequest.prototype.send,
  pushState: history.pushState,
  replaceState: history.replaceState,
  addEventListener: window.addEventListener,
  error: console.error,
};
