// As little of a platform as the bank's pages need, to try their logic: it loads a ported program's
// files, keeps what they register, and answers calls from a table. What platforms refuse is
// tested elsewhere, against their own compilers and a strict container.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const vm = require('node:vm');

const { port } = require('../port/port.js');

/** How each platform's object is called, and the forms in which it takes and answers things. */
const HOSTS = { wechat: 'wx', douyin: 'tt', alipay: 'my' };

/** Starts the bank on a platform. `answers`: a path to `{ status, body }`, or an Error. */
function start(platform, answers = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'harbour-mini-'));
  port(platform, folder);
  const told = [];
  const state = { told, calls: [], shown: [], stored: new Map(), titles: [], answers };
  const registered = {};
  const globals = {
    App: (definition) => { registered.app = definition; },
    Page: (definition) => { registered.page = definition; },
    Component: (definition) => { registered.component = definition; },
    [HOSTS[platform]]: host(platform, state),
    console,
  };
  const context = vm.createContext(globals);
  const modules = new Map();

  function load(file) {
    if (modules.has(file)) return modules.get(file).exports;
    const module = { exports: {} };
    modules.set(file, module);
    const code = fs.readFileSync(file, 'utf8');
    const run = vm.runInContext(`(function (require, module, exports) {${code}\n})`, context, { filename: file });
    run((name) => (name === 'dna-mini' ? sdk(told) : load(`${path.resolve(path.dirname(file), name)}.js`)), module, module.exports);
    return module.exports;
  }

  function made(kind, name) {
    load(path.join(folder, `${name}.js`));
    const definition = registered[kind];
    const instance = Object.assign({}, definition, definition.methods);
    instance.data = structuredClone(definition.data || {});
    instance.setData = (data) => Object.assign(instance.data, data);
    return instance;
  }

  load(path.join(folder, 'app.js'));
  registered.app.onLaunch({});
  return Object.assign(state, {
    folder,
    page: (name) => made('page', name),
    component: (name) => made('component', name),
    end: () => fs.rmSync(folder, { recursive: true }),
  });
}

/** The SDK's calls, written down. */
function sdk(told) {
  const say = (name) => (...given) => { told.push([name, ...given]); };
  return {
    init: say('init'),
    consent: say('consent'),
    setUser: say('setUser'),
    clearUser: say('clearUser'),
    transaction: (name) => ({ end: () => told.push(['end', name]), fail: () => told.push(['fail', name]) }),
  };
}

function host(platform, state) {
  const alipay = platform === 'alipay';
  const nothing = () => {};
  const went = (options) => state.shown.push(options.url);
  return {
    request(options) {
      state.calls.push(options);
      const answer = state.answers[new URL(options.url).pathname];
      queueMicrotask(() => {
        if (answer instanceof Error || !answer) options.fail(alipay ? { error: 12, errorMessage: 'network' } : { errMsg: 'request:fail' });
        else if (alipay && answer.status >= 300) options.fail({ error: 19, errorMessage: 'http status error', status: answer.status, data: answer.body });
        else options.success({ statusCode: answer.status, data: answer.body });
      });
    },
    downloadFile: (options) => queueMicrotask(() => options.success(alipay ? { apFilePath: '/tmp/file' } : { tempFilePath: '/tmp/file' })),
    uploadFile: (options) => { state.calls.push(options); queueMicrotask(() => options.success({ statusCode: alipay ? '204' : 204 })); },
    chooseImage: (options) => queueMicrotask(() => options.success(alipay ? { apFilePaths: ['/tmp/a'] } : { tempFilePaths: ['/tmp/a'] })),
    getStorageSync: (key) => (alipay ? { data: state.stored.get(key.key) ?? null } : state.stored.get(key) ?? ''),
    setStorageSync: (key, data) => (alipay ? state.stored.set(key.key, key.data) : state.stored.set(key, data)),
    navigateTo: went,
    switchTab: went,
    reLaunch: went,
    setNavigationBar: ({ title }) => state.titles.push(title),
    setNavigationBarTitle: ({ title }) => state.titles.push(title),
    setTabBarItem: nothing,
    showToast: nothing,
    getSystemInfoSync: () => ({ language: state.language || 'en' }),
  };
}

module.exports = { start };
