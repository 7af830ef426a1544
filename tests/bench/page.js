// The page that carries a peer: a small bank's, the same for all but for the tag.

import { OURS } from './peers/index.js';

/** What the cases do in a page. Thrown by the page's own script, as a bank's errors are. */
const ACTIONS = `
bench.fail = (text) => setTimeout(() => { throw new Error(text); });
bench.failAndLeave = (text, to) => setTimeout(() => { location.assign(to); throw new Error(text); });
bench.burstAndLeave = (texts, to) => {
  for (const text of texts) bench.fail(text);
  setTimeout(() => location.assign(to));
};
bench.reject = (text) => { Promise.reject(new Error(text)); };
bench.call = async (path) => (await fetch(path)).text();
bench.calls = async (count, path) => {
  let inCall = 0;
  for (let done = 0; done < count; done += 10) {
    const ten = [];
    const start = performance.now();
    for (let i = 0; i < 10; i++) ten.push(fetch(path));
    inCall += performance.now() - start;
    await Promise.all(ten.map(async (answer) => (await answer).text()));
  }
  return inCall;
};
bench.routes = async (count) => {
  let shown = 0;
  for (let route = 1; route <= count; route++) {
    history.pushState({}, '', '/routes/' + route);
    if (location.pathname == '/routes/' + route) shown++;
    // As a visitor's clicks do, each in a task of its own, but for the wait.
    if (route % 20 == 0) await new Promise((next) => setTimeout(next));
  }
  return shown;
};
bench.errors = (texts) => {
  const start = performance.now();
  for (const text of texts) reportError(new Error(text));
  return performance.now() - start;
};
`;

/**
 * The page's HTML. `loader` is 'tag' or 'async' (the snippet with which vendors load a script
 * that holds nothing up); `early` is the text of an error that is thrown right after the tag;
 * `delay` is how many ms late the peer's files are.
 */
export function html({ peer, intake, loader = 'tag', early, delay }) {
  const { files } = peer;
  const suffix = delay ? `?delay=${delay}` : '';
  const source = files[0] && `/sdk/${files[0].name}${suffix}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Bench Bank</title>
<link rel="icon" href="data:,">
<script>window.bench = { intake: '${intake}' };${ACTIONS}</script>
${source ? tag(peer, source, intake, loader) : ''}
${early ? `<script>throw new Error('${early}');</script>` : ''}
<style>body { font: 16px sans-serif; margin: 2rem } td { padding: .3rem 1rem }</style>
</head>
<body>
<h1>Accounts</h1>
<p>Everything that you have with us, on one page.</p>
<table>${'<tr><td>Current account</td><td>1,234.56</td></tr>'.repeat(20)}</table>
<p><button id="pay">Pay</button> <button id="save">Save</button> <button id="help">Help</button></p>
<script>
for (const button of document.querySelectorAll('button')) {
  button.addEventListener('click', () => { button.textContent += '.'; });
}
</script>
</body>
</html>`;
}

function tag(peer, source, intake, loader) {
  if (peer.name === OURS) {
    return `<script src="${source}" data-key="bench-bank" data-endpoint="${intake}/v1/beacon"
  data-release="1.0.0" data-sample-rate="1"></script>`;
  }
  if (loader === 'tag' && peer.blocking) return `<script src="${source}"></script>`;
  return `<script>(function (d, s) {
  s = d.createElement('script'); s.async = true; s.src = '${source}'; d.head.appendChild(s);
})(document);</script>`;
}
