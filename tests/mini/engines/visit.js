// A visit to be run in an engine behind `prelude.js`: a small double of WeChat whose clock and random
// numbers are the test's, so that every engine must send the same bytes. ES5. `OPTIONS` are merged into
// those of `init`. Each frame of the SDK's is said as hexadecimal digits.

var realTimeout = engine.setTimeout;
var clock = 1795478400000;
var timers = [];
var listeners = {};
var stored = {};
var started = false;
var seed = 7;

engine.setTimeout = function (act, delay) {
  timers.push({ act: act, at: clock + (delay || 0) });
  return timers.length;
};
engine.clearTimeout = function (id) {
  if (timers[id - 1]) timers[id - 1].act = null;
};
Date.now = function () {
  return clock;
};
Math.random = function () {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 4294967296;
};

function on(name) {
  return function (listener) {
    listeners[name] = listener;
  };
}

function hex(bytes) {
  var text = '';
  new Uint8Array(bytes).forEach(function (byte) {
    text += (byte < 16 ? '0' : '') + byte.toString(16);
  });
  return text;
}

engine.wx = {
  onError: on('error'),
  onUnhandledRejection: on('rejection'),
  onAppShow: on('show'),
  onAppHide: on('hide'),
  getLaunchOptionsSync: function () {
    return { path: 'pages/home/home', query: {} };
  },
  getStorageSync: function (key) {
    started = true;
    return stored[key] || '';
  },
  setStorageSync: function (key, value) {
    stored[key] = value;
  },
  removeStorageSync: function (key) {
    delete stored[key];
  },
  getStorageInfoSync: function () {
    return { keys: Object.keys(stored) };
  },
  request: function (options) {
    if (options.url.indexOf('https://dna.') == 0) say('frame ' + hex(options.data));
    options.success({ statusCode: 200, header: {}, data: '{}' });
  },
};
engine.App = engine.Page = function () {};
engine.getCurrentPages = function () {
  return [];
};

/** Lets virtual time pass: what is due runs at its own time. */
function pass(ms) {
  var until = clock + ms;
  for (;;) {
    var due = timers.filter(function (timer) {
      return timer.act && timer.at <= until;
    })[0];
    if (!due) break;
    clock = Math.max(clock, due.at);
    var act = due.act;
    due.act = null;
    act();
  }
  clock = until;
}

var dna = requireFrom('/miniprogram_npm/dna-mini/index.js');
dna.init(Object.assign({ key: 'bank-mini', endpoint: 'https://dna.bank.example', release: '2.7.1', consent: 'granted' }, OPTIONS));
listeners.error('MiniProgramError\nearly is not defined\nReferenceError: early is not defined\n    at app.js:2:1');

function visit() {
  dna.setUser('42', { tier: 'vip', city: '上海', lone: 'a\ud800b', amount: 12.5 });
  wx.request({ url: 'https://api.bank.example/accounts?card=6222020202020208', method: 'GET', success: function () {} });
  dna.event('looked', { text: 'é 账户 😀' });
  var paying = dna.transaction('pay', { kind: 'qr' });
  pass(1500);
  paying.end({ ok: true });
  listeners.rejection({ reason: { name: 'RangeError', message: 'no card 6222020202020208', stack: 'RangeError\n    at b.js:1:1' } });
  pass(7000);
  listeners.hide();
  pass(3000);
  listeners.show({});
  dna.mark('back');
  pass(7000);
  say('stored ' + Object.keys(stored).join());
}

// Only the compiler of the Wasm takes real time.
(function waits(left) {
  if (started) return visit();
  if (!left) return say('the core did not start');
  realTimeout(function () {
    waits(left - 1);
  }, 20);
})(500);
