// Performance entries in the shapes that the platforms' documents record, replayed as an application
// lives: launch, packages and scripts at once, a page's paints when it has been drawn.

/** Milliseconds after a route begins at which a page is drawn, in the documents' own order of events. */
const PAINTS = { firstRender: 40, firstPaint: 55, firstContentfulPaint: 62, largestContentfulPaint: 90 };

export class Performance {
  #clock;
  #realm;
  #entries = [];
  #observers = [];
  #pageId = 0;

  constructor({ clock, realm }) {
    this.#clock = clock;
    this.#realm = realm;
  }

  /** What a launch leaves: its time, the package that was loaded and the scripts that ran. */
  launched(path, startTime) {
    const now = this.#clock.now;
    this.add({ entryType: 'loadPackage', name: 'downloadPackage', packageName: '__APP__', packageSize: 184320, startTime: startTime + 20, duration: 110 });
    this.add({ entryType: 'script', name: 'evaluateScript', moduleName: '', fileList: ['/app.js', `/${path}.js`], startTime: startTime + 140, duration: 35 });
    this.add({ entryType: 'navigation', name: 'appLaunch', navigationType: 'appLaunch', path, startTime, duration: now - startTime + 260 });
  }

  /** What opening a page leaves. */
  routed({ path, referrerPath, navigationType, startTime }) {
    this.#pageId += 1;
    const page = { path, pageId: this.#pageId };
    const { now } = this.#clock;
    this.add({ entryType: 'navigation', name: 'route', navigationType, navigationStart: startTime, referrerPath, startTime, duration: now - startTime + 45, ...page });
    for (const [name, after] of Object.entries(PAINTS)) this.add({ ...shapeOf(name, startTime, after), ...page });
  }

  /** A picture or font that a page has loaded (2.24.0). */
  loaded(uri, { startTime, duration, initiatorType = 'image', transferSize = 20480 }) {
    const looked = { domainLookupStart: startTime + 1, domainLookupEnd: startTime + 9 };
    this.add({ entryType: 'resource', name: 'resourceTiming', uri, initiatorType, transferSize, startTime, duration, ...looked });
  }

  add(entry) {
    const own = this.#realm.own(entry);
    this.#entries.push(own);
    for (const observer of this.#observers) {
      if (!observer.types.includes(entry.entryType)) continue;
      this.#clock.post('callback PerformanceObserver', () => observer.callback(this.#listOf([own])));
    }
  }

  /** What WeChat's `getPerformance()` gives. */
  manager(calls) {
    const now = (name, run) => calls.now(`Performance.${name}`, run);
    return {
      createObserver: now('createObserver', (callback) => this.#observer(calls, callback)),
      getEntries: now('getEntries', () => [...this.#entries]),
      getEntriesByType: now('getEntriesByType', (type) => this.#entries.filter((entry) => entry.entryType == type)),
      getEntriesByName: now('getEntriesByName', (name, type) => this.#entries.filter((entry) => entry.name == name && (type === undefined || entry.entryType == type))),
      setBufferSize: now('setBufferSize', () => {}),
    };
  }

  #observer(calls, callback) {
    if (typeof callback != 'function') calls.refuse('createObserver: wants a function');
    const observer = { callback, types: [] };
    this.#observers.push(observer);
    return {
      supportedEntryTypes: ['navigation', 'render', 'script', 'loadPackage', 'resource'],
      observe: (options) => {
        calls.check('PerformanceObserver.observe', { entryTypes: 'object', type: 'string', buffered: 'boolean' }, options);
        observer.types = options.entryTypes ? [...options.entryTypes] : [options.type];
      },
      disconnect: () => {
        observer.types = [];
      },
    };
  }

  #listOf(entries) {
    return {
      getEntries: () => this.#realm.own(entries),
      getEntriesByType: (type) => this.#realm.own(entries.filter((entry) => entry.entryType == type)),
      getEntriesByName: (name) => this.#realm.own(entries.filter((entry) => entry.name == name)),
    };
  }
}

function shapeOf(name, start, after) {
  const entry = { entryType: 'render', name, startTime: start + after, duration: 0 };
  if (name != 'firstRender') return entry;
  return {
    ...entry,
    startTime: start + 12,
    duration: 28,
    viewLayerReadyTime: start + 10,
    initDataSendTime: start + 14,
    initDataRecvTime: start + 18,
    viewLayerRenderStartTime: start + 20,
    viewLayerRenderEndTime: start + after,
  };
}
