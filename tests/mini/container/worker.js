// Alipay's Worker: an engine of its own, to which only messages lead, and where its Wasm is.

import { Modules } from './modules.js';
import { Realm } from './realm.js';
import { wasmObject } from './wasm.js';

/**
 * `my.createWorker(path)`. One at a time; the script lies in the folder that app.json calls `workers`.
 * Messages are copied as JSON, as the document asks for plain objects. It has the same clock and queue
 * as the logic layer, so a test can repeat what a thread of its own would leave to chance.
 */
export function createWorker(parts) {
  const { calls, clock, guard, folder, config, phone } = parts;
  let current;
  return calls.now('createWorker', (path) => {
    if (typeof path != 'string') calls.refuse('createWorker: wants a path');
    const root = config.workers?.path ?? config.workers;
    if (typeof root != 'string' || !path.replace(/^\//, '').startsWith(`${root}/`)) {
      calls.refuse(`createWorker: ${path} is not below what app.json calls workers`);
    }
    if (current) calls.refuse('createWorker: there is one already; terminate it first');
    const realm = new Realm(clock, phone.seed + 1);
    const [outside, inside] = [channel(), channel()];
    const post = (to, of) => (message) => {
      const text = JSON.stringify(message);
      clock.post('message', () => {
        if (current === handle) to.listeners.forEach((listener) => guard(() => listener(of.own(JSON.parse(text)))));
      });
    };
    const handle = parts.realm.own({
      onMessage: outside.onMessage,
      postMessage: post(inside, realm),
      onProcessKilled: () => {},
      terminate: () => {
        current = undefined;
      },
    });
    current = handle;
    Object.assign(realm.global, {
      worker: { onMessage: inside.onMessage, postMessage: post(outside, parts.realm) },
      MYWebAssembly: wasmObject({ ...parts, realm, name: 'MYWebAssembly', absolute: true, shape: 'both' }),
      console: parts.realm.global.console,
    });
    const modules = new Modules(realm, folder, { npm: phone.platform.npm });
    clock.post('worker', () => guard(() => modules.load(path.replace(/^\//, ''))));
    return handle;
  });
}

function channel() {
  const listeners = [];
  return { listeners, onMessage: (listener) => void listeners.push(listener) };
}
