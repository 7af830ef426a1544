// One process of a mini program: launched, used, covered, killed.

import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { Calls } from './calls.js';
import { Clock } from './clock.js';
import { Events } from './events.js';
import { Killed, Life } from './life.js';
import { Modules } from './modules.js';
import { Pages } from './pages.js';
import { Performance } from './performance.js';
import { Realm } from './realm.js';
import { watchRejections } from './rejections.js';
import { BACKGROUND_MS, Requests } from './requests.js';

export class Running {
  /** What the application's code threw. */
  thrown = [];
  /** The paths for which the platform has shown its own page: nobody had asked to be told of pages that are not there. */
  notFound = [];
  /** What it printed: `{ level, text }`. */
  printed = [];
  /** What was launched with, and what it was last shown with. */
  options;
  #phone;
  #clock;
  #parts;
  #background;

  constructor(phone, { path, query, scene, dieAt, seed, globals }) {
    this.#phone = phone;
    this.life = new Life(dieAt);
    const guard = (act, more) => this.#guard(act, more);
    const clock = new Clock(this.life, guard, phone.now);
    this.#clock = clock;
    this.realm = new Realm(clock, seed);
    const { life, realm } = this;
    const { platform, folder } = phone;
    const config = this.#json('app.json');
    const launch = { path: path ?? config.pages[0], query, scene, referrerInfo: {} };
    this.options = { launch, enter: launch };
    const base = { phone, folder, life, clock, realm, guard, dialect: platform.dialect, options: this.options };
    const calls = new Calls(base);
    const subPackages = (config.subPackages ?? config.subpackages ?? []).map(({ root }) => root.replace(/\/$/, ''));
    const modules = new Modules(realm, folder, { subPackages, hidden: platform.hidden, npm: platform.npm });
    const hooks = {
      json: (name) => this.#json(name),
      registered: (app) => this.#registered(app),
      updates: platform.updates,
      update: (dataPaths, pending, withPaths) => updateOf(dataPaths, pending, clock.now, withPaths),
    };
    const pages = new Pages({ ...base, calls, modules, config, hooks });
    this.#parts = {
      ...base,
      config,
      calls,
      modules,
      pages: Object.assign(pages, { tick: (act) => clock.post('callback nextTick', act) }),
      events: new Events(base),
      requests: new Requests(base),
      performance: new Performance(base),
      navigate: (openType, options) => this.#navigate(openType, options),
    };
    this.#globals(globals);
    const unwatch = watchRejections(realm.Promise, (reason, promise) => this.#rejected(reason, promise));
    life.onDeath(unwatch);
    life.onDeath(() => (phone.now = clock.now));
  }

  /** What the application did that the platform has not. */
  get refused() {
    return this.#parts.calls.refused;
  }

  get app() {
    return this.#parts.pages.app;
  }

  get page() {
    return this.#parts.pages.current;
  }

  get performance() {
    return this.#parts.performance;
  }

  get now() {
    return this.#clock.now;
  }

  /** How many requests run. */
  get requesting() {
    return this.#parts.requests.running;
  }

  settle(options) {
    return this.#clock.settle(options);
  }

  /** Lets time pass, in milliseconds. */
  async advance(ms, options) {
    await this.#clock.advance(ms, options);
    this.#phone.now = this.#clock.now;
  }

  /** Runs app.js and opens the first page. */
  start() {
    if (!this.life.pass('launch')) return;
    const { launch } = this.options;
    const startedAt = this.now;
    this.#guard(() => this.#parts.modules.load('app.js'));
    this.performance.launched(launch.path, startedAt);
    this.#clock.post('launch', () => {
      this.#tell('onShow', 'AppShow', launch);
      this.#route('appLaunch', launch.path, launch.query, {});
    });
  }

  /** Calls a method of the page, or of a component, as an event of the view does. */
  async tap(method, told = {}, instance = this.page) {
    this.#clock.post(`event ${method}`, () => this.#parts.pages.call(instance, method, told));
    await this.settle();
  }

  /** Puts a component into the page. */
  component(name, properties) {
    return this.#parts.pages.component(name, properties);
  }

  /** Something that the platform tells: `event('MemoryWarning', { level: 10 })`. */
  async event(name, ...told) {
    this.#parts.events.post(name, ...told);
    await this.settle();
  }

  /** Another application is in front. Five seconds later it is suspended. */
  async hide() {
    this.#clock.post('event hide', () => {
      this.#parts.pages.covered(true);
      this.#tell('onHide', 'AppHide', {});
    });
    this.#background = this.#clock.setTimer(() => {
      this.#parts.requests.interrupt();
      this.#clock.post('suspended', () => (this.#clock.suspended = true));
    }, BACKGROUND_MS, [], false);
    await this.settle({ real: false });
  }

  /** It is in front again; by `options` with a page's path, as from a link that somebody has sent, at that page. */
  async show(options) {
    const { launch } = this.options;
    this.#clock.clearTimer(this.#background);
    this.#clock.suspended = false;
    this.#parts.requests.resume();
    this.options.enter = options ?? launch;
    this.#clock.post('event show', () => {
      this.#tell('onShow', 'AppShow', this.options.enter);
      if (options?.path && options.path != this.page?.route) this.#route('reLaunch', options.path, options.query ?? {}, { replace: this.#parts.pages.stack.length });
      else this.#parts.pages.covered(false);
    });
    await this.settle();
  }

  /** The system ends it, without a word. */
  kill() {
    this.life.die();
  }

  #globals(more) {
    const { platform, missing } = this.#phone;
    const { calls, pages } = this.#parts;
    const given = platform.globals(this.#parts);
    const api = given[platform.global];
    for (const name of missing) {
      delete api[name];
      delete given[name];
    }
    calls.has = (name) => name.split('.')[0] in api;
    const console = {};
    for (const level of ['log', 'info', 'warn', 'error', 'debug']) {
      console[level] = (...told) => this.printed.push({ level, text: told.map(String).join(' ') });
    }
    Object.assign(this.realm.global, pages.globals(), given, { console }, typeof more == 'function' ? more(this.realm) : more);
  }

  #registered(app) {
    if (app.onLaunch) this.#guard(() => app.onLaunch(this.realm.own(this.options.launch)));
  }

  /** Tells the application's own method and then those who listen. */
  #tell(method, event, ...told) {
    const { app } = this;
    const own = told.map((value) => this.realm.own(value));
    if (app && typeof app[method] == 'function') this.#guard(() => app[method](...own), { isErrorListener: method == 'onError' });
    this.#parts.events.emit(event, ...told);
  }

  #notFound({ path, query }, isEntryPage) {
    if (!this.app?.onPageNotFound && !this.#parts.events.has('PageNotFound')) this.notFound.push(path);
    this.#tell('onPageNotFound', 'PageNotFound', { path, query, isEntryPage });
  }

  #rejected(reason, promise) {
    if (!this.life.alive) return;
    this.#clock.post('event UnhandledRejection', () => {
      const told = this.realm.own({ reason, promise: undefined });
      this.#tell('onUnhandledRejection', 'UnhandledRejection', Object.assign(told, { reason, promise }));
    });
  }

  #navigate(openType, { url, delta = 1 }) {
    const { pages } = this.#parts;
    if (openType == 'navigateBack') {
      this.#clock.post('route', () => {
        const [page] = pages.stack.slice(-1 - delta);
        this.#routed('navigateBack', { path: page.route, query: page.options }, () => pages.back(delta));
      });
      return true;
    }
    const [place, search = ''] = url.split('?');
    const path = place.startsWith('/') ? place.slice(1) : posix.join(posix.dirname(this.page.route), place);
    const query = Object.fromEntries(new URLSearchParams(search));
    // No route begins to a page that is not there: the call fails.
    if (!pages.paths.includes(path)) return false;
    const replace = { navigateTo: 0, redirectTo: 1 }[openType] ?? pages.stack.length;
    this.#clock.post('route', () => this.#route(openType, path, query, { replace }));
    return true;
  }

  /** Opens a page, or at a launch tells that it is not there. */
  #route(openType, path, query, { replace = 0 }) {
    const { pages } = this.#parts;
    const referrerPath = this.page?.route;
    const startTime = this.now;
    const notFound = !pages.paths.includes(path);
    this.#routed(openType, { path, query, notFound }, () => {
      if (notFound) this.#notFound({ path, query }, openType == 'appLaunch');
      else pages.open(path, query, { replace });
    });
    if (!notFound) this.performance.routed({ path, referrerPath, navigationType: openType, startTime });
  }

  /** The events around a route. */
  #routed(openType, more, act) {
    const { pages, events } = this.#parts;
    const told = { openType, routeEventId: `${openType}_${this.now}`, webviewId: pages.stack.length, notFound: false, ...more };
    events.emit('BeforeAppRoute', told);
    act();
    events.emit('AppRoute', { ...told, timeStamp: this.now });
    events.post('AppRouteDone', { ...told, timeStamp: this.now });
  }

  #guard(act, { isErrorListener = false } = {}) {
    try {
      return act();
    } catch (error) {
      if (error instanceof Killed || !this.life.alive) return undefined;
      this.thrown.push(error);
      const told = error !== null && typeof error == 'object' ? error : { message: String(error), stack: '' };
      // What throws while it is told of an error is not told again.
      if (!isErrorListener) this.#clock.post('event Error', () => this.#tell('onError', 'Error', ...this.#phone.platform.errorTold(told)));
      return undefined;
    }
  }

  #json(name) {
    return JSON.parse(readFileSync(join(this.#phone.folder, name), 'utf8'));
  }
}

/** What `setUpdatePerformanceListener` tells of one `setData`. */
function updateOf(paths, pending, now, withPaths) {
  const told = { updateProcessId: 1, isMergedUpdate: false, pendingStartTimestamp: pending, updateStartTimestamp: now, updateEndTimestamp: now + 4 };
  return withPaths ? { ...told, dataPaths: paths.map((path) => path.split('.')) } : told;
}
