// `require` of a logic layer: files of the package only, an npm package by `miniprogram_npm`.

import { readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

/** What the platforms' own wrapper hides from a module. */
const HIDDEN = ['window', 'document', 'self', 'frames', 'location', 'navigator', 'localStorage', 'XMLHttpRequest', 'WebSocket', 'process', 'global'];

export class Modules {
  #realm;
  #folder;
  #subPackages;
  #hidden;
  #npm;
  #loaded = new Map();
  #present = new Set();
  /** Called with the module's path and how to run it. */
  evaluate = (path, run) => run();

  /**
   * `subPackages` are roots, whose files the others cannot require; `hidden` are further names that
   * a module does not see; `npm` are the folders, nearest first, in which packages lie.
   */
  constructor(realm, folder, { subPackages = [], hidden = [], npm = ['miniprogram_npm'] }) {
    this.#realm = realm;
    this.#folder = folder;
    this.#subPackages = subPackages;
    this.#hidden = [...HIDDEN, ...hidden];
    this.#npm = npm;
  }

  /** Runs the module at `path`, from the package's root, once; its exports. */
  load(path) {
    const known = this.#loaded.get(path);
    if (known) return known.exports;
    this.#present.add(this.packageOf(path));
    const module = this.#realm.own({ exports: {} });
    this.#loaded.set(path, module);
    const source = readFileSync(join(this.#folder, path), 'utf8');
    // What a test has given is seen.
    const hidden = this.#hidden.filter((name) => !(name in this.#realm.global));
    const names = ['require', 'module', 'exports', ...hidden].join(', ');
    const wrapper = this.#realm.run(`(function (${names}) {${source}\n})`, path);
    this.evaluate(path, () => wrapper.call(undefined, this.#requireFrom(path), module, module.exports));
    return module.exports;
  }

  /** The sub-package that a path is in; undefined for the main package. */
  packageOf(path) {
    return this.#subPackages.find((root) => path.startsWith(`${root}/`));
  }

  /** Whether the package of a file is on the phone: a sub-package is when a file of it was run. */
  isPresent(path) {
    const wanted = this.packageOf(path);
    return wanted === undefined || this.#present.has(wanted);
  }

  #requireFrom(from) {
    const require = (name) => {
      if (typeof name != 'string') throw new this.#realm.TypeError('require: a path is a string');
      const path = this.#resolve(from, name);
      if (!path) throw new this.#realm.Error(`module '${name}' is not defined, require args is '${name}' (from ${from})`);
      return this.load(path);
    };
    // Across sub-packages, where the other one is loaded first.
    require.async = (name) => {
      const path = this.#resolve(from, name, true);
      const { Promise, Error } = this.#realm;
      return path ? Promise.resolve().then(() => this.load(path)) : Promise.reject(new Error(`module '${name}' is not defined`));
    };
    return require;
  }

  #resolve(from, name, across = false) {
    const inside = name.startsWith('/') ? posix.normalize(name.slice(1)) : posix.join(posix.dirname(from), name);
    const isNamed = !/^[./]/.test(name);
    const places = isNamed ? [inside, ...this.#npmPlaces(from, name)] : [inside];
    for (const place of places) {
      if (place.startsWith('..')) continue;
      for (const path of [place, `${place}.js`, posix.join(place, 'index.js')]) {
        if (this.#isFile(path) && (across || this.#reaches(from, path))) return path;
      }
    }
    return undefined;
  }

  #npmPlaces(from, name) {
    const places = [];
    for (let folder = posix.dirname(from); ; folder = posix.dirname(folder)) {
      for (const npm of this.#npm) places.push(posix.join(folder, npm, name));
      if (folder == '.') return places;
    }
  }

  /** A file of the main package is reached from all, one of a sub-package only from the same. */
  #reaches(from, path) {
    const wanted = this.packageOf(path);
    return wanted === undefined || wanted === this.packageOf(from);
  }

  #isFile(path) {
    return path.endsWith('.js') && (statSync(join(this.#folder, path), { throwIfNoEntry: false })?.isFile() ?? false);
  }
}
