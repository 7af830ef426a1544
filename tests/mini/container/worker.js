// Alipay's Worker: an engine of its own, to which only messages lead, and where its Wasm is.

import { Modules } from './modules.js';
import { Realm } from './realm.js';
import { wasmObject } from './wasm.js';

/**
 * `my.createWorker(path, { useExperimentalWorker })`. One at a time; app.json lists the scripts as `workers`, and
 * another gives nothing. Messages are copied as JSON, as the document asks for plain objects. It has the same clock
 * and queue as the logic layer, so a test can repeat what a thread of its own would leave to chance. On iOS only an
 * experimental one has Wasm; the system may end it, and a test does so by `phone.worker`, or before the instant
 * of number `phone.workerDiesAt`.
 */
export function createWorker(parts) {
  const { calls, clock, guard, folder, config, phone } = parts;
  let current;
  return calls.now('createWorker', (path, { useExperimentalWorker = false } = {}) => {
    if (typeof path != 'string') calls.refuse('createWorker: wants a path');
    if (path.startsWith('/')) calls.refuse(`createWorker: ${path} begins with a slash`);
    if (current) calls.refuse('createWorker: there is one already; terminate it first');
    if (!(config.workers ?? []).includes(path)) return undefined;
    const lives = () => current === handle;
    const end = () => {
      current = undefined;
      clock.post('event ProcessKilled', () => killed.forEach((listener) => guard(listener)));
    };
    /** An instant of the Worker's, after which something would be known of it or by it; false when it has ended. */
    const passes = () => {
      if (lives() && phone.workerInstants++ >= phone.workerDiesAt) end();
      return lives();
    };
    const realm = new Realm(clockOf(clock, passes), phone.seed + 1);
    const [outside, inside] = [channel(), channel()];
    const killed = [];
    const post = (to, of) => (message) => {
      const text = JSON.stringify(message);
      if (to === outside) phone.worker.posted?.();
      clock.post('message', () => {
        if (passes() && !handle.deaf) to.listeners.forEach((listener) => guard(() => listener(of.own(JSON.parse(text)))));
      });
    };
    const handle = parts.realm.own({
      onMessage: outside.onMessage,
      postMessage: post(inside, realm),
      onProcessKilled: (listener) => void killed.push(listener),
      terminate: () => {
        current = undefined;
      },
    });
    current = handle;
    phone.worker = {
      /** The system takes it away, and says so. */
      end,
      /** It hears nothing any more, and nobody says so. */
      deafen: () => void (handle.deaf = true),
      /** Is called when it has posted something that the logic layer has not got yet. */
      posted: undefined,
    };
    Object.assign(realm.global, {
      worker: { onMessage: inside.onMessage, postMessage: post(outside, parts.realm) },
      console: parts.realm.global.console,
    });
    if (phone.system != 'ios' || useExperimentalWorker) {
      realm.global.MYWebAssembly = wasmObject({ ...parts, realm, name: 'MYWebAssembly', absolute: true, shape: phone.wasmShape });
    }
    const modules = new Modules(realm, folder, { npm: phone.platform.npm });
    clock.post('worker', () => passes() && guard(() => modules.load(path)));
    return handle;
  });
}

/** The clock, whose timers ring no more when the Worker has ended. */
function clockOf(clock, passes) {
  return {
    get now() {
      return clock.now;
    },
    setTimer: (act, ...when) => clock.setTimer((...told) => passes() && act(...told), ...when),
    clearTimer: (id) => clock.clearTimer(id),
  };
}

function channel() {
  const listeners = [];
  return { listeners, onMessage: (listener) => void listeners.push(listener) };
}
