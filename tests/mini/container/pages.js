// App, Page and Component of a logic layer, and the life of pages.

import { Behaviors, copy, defaults, members, methodsOf } from './definitions.js';

export class Pages {
  #realm;
  #clock;
  #guard;
  #calls;
  #modules;
  #config;
  #hooks;
  #registered = new Map();
  #registering;
  #behaviors = new Behaviors();
  #stack = [];
  app;

  /** `config` is app.json; `hooks` are told what the pages do. */
  constructor({ realm, clock, guard, calls, modules, config, hooks }) {
    this.#realm = realm;
    this.#clock = clock;
    this.#guard = guard;
    this.#calls = calls;
    this.#modules = modules;
    this.#config = config;
    this.#hooks = hooks;
  }

  /** The paths of all pages. */
  get paths() {
    const packages = this.#config.subPackages ?? this.#config.subpackages ?? [];
    return [...this.#config.pages, ...packages.flatMap(({ root, pages }) => pages.map((page) => `${root.replace(/\/$/, '')}/${page}`))];
  }

  get stack() {
    return this.#stack;
  }

  get current() {
    return this.#stack.at(-1);
  }

  /** The globals of a logic layer. */
  globals() {
    return {
      App: (options) => {
        if (this.app) this.#calls.refuse('App() a second time');
        this.app = Object.assign(this.#realm.own({}), options);
        this.#hooks.registered(this.app);
      },
      Page: (options) => this.#register('page', options),
      Component: (options) => this.#register('component', options),
      Behavior: (options) => this.#behaviors.named(options),
      getApp: () => this.app,
      getCurrentPages: () => this.#realm.own([...this.#stack]),
    };
  }

  /** Opens the page at `path`, above the others or in their place; false where there is none. */
  open(path, query, { replace = 0 } = {}) {
    if (!this.paths.includes(path)) return false;
    const registered = this.#registeredAt(path);
    if (!registered) return false;
    const leaving = this.#stack.splice(this.#stack.length - replace, replace);
    if (!replace) this.#run(this.current, 'onHide');
    for (const page of leaving.reverse()) this.#leave(page);
    const page = this.#instance(registered, path, query);
    this.#live(page, 'created');
    this.#stack.push(page);
    this.#live(page, 'attached');
    this.#run(page, 'onLoad', this.#realm.own(query));
    this.#run(page, 'onShow');
    this.#clock.post('page ready', () => {
      page.__container.components.forEach((component) => this.#attach(component));
      this.#live(page, 'ready');
      this.#run(page, 'onReady');
    });
    return true;
  }

  /** Closes the topmost pages and shows what was below. */
  back(delta) {
    const gone = this.#stack.splice(Math.max(1, this.#stack.length - delta));
    for (const page of gone.reverse()) this.#leave(page);
    if (gone.length) this.#run(this.current, 'onShow');
  }

  /** The application is covered, or seen again. */
  covered(isCovered) {
    this.#run(this.current, isCovered ? 'onHide' : 'onShow');
  }

  /** Puts a component, by its name in the page's `usingComponents`, into the current page. */
  component(name, properties) {
    const page = this.current;
    const { path } = page.__container;
    const used = { ...this.#config.usingComponents, ...this.#hooks.json(`${path}.json`).usingComponents };
    const place = used[name];
    if (!place) throw new Error(`${path} uses no component ${name}`);
    const file = place.startsWith('/') ? place.slice(1) : new URL(place, `file:///${path}`).pathname.slice(1);
    const made = this.#instance(this.#registeredAt(file), file, {}, { properties, isPage: false });
    page.__container.components.push(made);
    this.#attach(made);
    return made;
  }

  /** Calls a method, as an event of the view does. */
  call(instance, method, ...told) {
    if (typeof instance[method] != 'function') throw new Error(`no method ${method}`);
    return this.#guard(() => instance[method](...told.map((value) => this.#realm.own(value))));
  }

  /** Runs a file that registers a page or component, once. */
  #registeredAt(path) {
    if (!this.#registered.has(path)) {
      this.#registering = path;
      this.#guard(() => this.#modules.load(`${path}.js`));
      this.#registering = undefined;
    }
    return this.#registered.get(path);
  }

  #register(kind, options) {
    if (!this.#registering) this.#calls.refuse(`${kind}() outside of its own file`);
    if (options === null || typeof options != 'object') this.#calls.refuse(`${kind}() wants an object`);
    this.#registered.set(this.#registering, { kind, options });
  }

  #instance({ kind, options }, path, query, { properties = {}, isPage = true } = {}) {
    const made = this.#realm.own({});
    const all = [...this.#behaviors.of(options), options];
    for (const each of all) Object.assign(made, members(each), kind == 'page' && each === options ? {} : methodsOf(each));
    const data = all.map((each) => ({ ...defaults(each.properties), ...copy(each.data) }));
    made.data = this.#realm.own(Object.assign({}, ...data, properties));
    made.properties = made.data;
    if (options.props) made.props = this.#realm.own({ ...options.props, ...properties });
    made.is = path;
    if (isPage) made.route = path;
    made.options = this.#realm.own(query);
    made.triggerEvent = () => {};
    Object.defineProperty(made, '__container', { value: { kind, options: all, path, components: [], listener: undefined } });
    made.setData = (data, callback) => this.#setData(made, data, callback);
    if (this.#hooks.updates) made.setUpdatePerformanceListener = (options, listener) => this.#listen(made, options, listener);
    return made;
  }

  #setData(instance, data, callback) {
    if (data === null || typeof data != 'object') this.#calls.refuse('setData: wants an object');
    const copied = JSON.parse(JSON.stringify(data));
    for (const [path, value] of Object.entries(copied)) put(instance.data, path, this.#realm.own(value));
    const { listener } = instance.__container;
    const pending = this.#clock.now;
    this.#clock.post('callback setData', () => {
      if (listener) this.#guard(() => listener.call(instance, this.#realm.own(this.#hooks.update(Object.keys(copied), pending, listener.withPaths))));
      if (callback) this.#guard(() => callback.call(instance));
    });
  }

  #listen(instance, options, listener) {
    this.#calls.check('setUpdatePerformanceListener', { withDataPaths: 'boolean' }, options ?? {});
    if (listener === null || listener === undefined) instance.__container.listener = undefined;
    else instance.__container.listener = Object.assign((...told) => listener.apply(instance, told), { withPaths: options?.withDataPaths });
  }

  #attach(component) {
    if (component.__container.attached) return;
    component.__container.attached = true;
    for (const name of ['created', 'onInit', 'attached', 'didMount', 'ready']) this.#live(component, name);
  }

  /** A moment of an instance's life: those of its behaviors come before its own. */
  #live(instance, name) {
    for (const options of instance.__container.options) {
      // A page by `Page` has its own methods for its life, which its behaviors have not.
      if (instance.__container.kind == 'page' && options === instance.__container.options.at(-1)) continue;
      const method = options.lifetimes?.[name] ?? options[name];
      if (typeof method == 'function') this.#guard(() => method.call(instance));
    }
  }

  #leave(page) {
    this.#run(page, 'onUnload');
    this.#live(page, 'detached');
  }

  #run(page, method, ...told) {
    if (page && typeof page[method] == 'function') this.#guard(() => page[method](...told));
  }
}

/** Sets `a.b[0].c`. */
function put(data, path, value) {
  const keys = path.split(/[.[\]]+/).filter(Boolean);
  let place = data;
  for (const [index, key] of keys.slice(0, -1).entries()) {
    if (place[key] === null || typeof place[key] != 'object') place[key] = /^\d+$/.test(keys[index + 1]) ? [] : {};
    place = place[key];
  }
  place[keys.at(-1)] = value;
}
