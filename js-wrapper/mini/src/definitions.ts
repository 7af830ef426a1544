/** Definitions of pages, components and behaviors, seen before the platform takes them. */
import { attempt } from './hosts';
import { before, type How, type Method, type Methods } from './listen';

interface Definition extends Options {
  [name: string]: unknown;
}

interface Options {
  methods?: Methods;
  lifetimes?: Methods;
  behaviors?: unknown[];
  mixins?: unknown[];
}

/** What only pages have: a component with one of these may be a page, as frameworks define them. */
const OF_PAGES = /^on(Load|Show|Ready|Hide|Unload|PullDownRefresh|ReachBottom|PageScroll|ShareAppMessage|TabItemTap)$/;

type OfPage = (methods: Methods, how: How) => void;

const ofPages: OfPage[] = [];
const atBegin: ((instance: object, isEarly: boolean) => void)[] = [];
/** What `Behavior()` has given back, and what it was given: the platform's is a name. */
const behaviors = new Map<unknown, Definition>();
/** Definitions that several others may have are hooked once. */
const seen = new WeakSet<object>();
let hooked = false;

/** Has `act` see the methods of all that may be a page. */
export function pageMethods(act: OfPage): void {
  hook();
  ofPages.push(act);
}

/**
 * Has `act` told of each page and component as soon as there is one (`isEarly`), and again when the platform
 * has put it in its place: before each method of the application's that is called then.
 */
export function instances(act: (instance: object, isEarly: boolean) => void): void {
  hook();
  atBegin.push(act);
}

/** The pages that are open, the shown one last. */
export function stack(): unknown[] {
  const pages: unknown = attempt(() => getCurrentPages(), undefined);
  return Array.isArray(pages) ? pages : [];
}

/** The path by which an instance is known: of a component its own, of a page the page's. */
export function pathOf(instance: unknown): string {
  const { route, is } = Object(instance) as { route?: unknown; is?: unknown };
  return String(route || is || '').replace(/^\//, '');
}

function hook(): void {
  if (hooked) return;
  hooked = true;
  attempt(() => (Page = replaced(Page, (options) => page(options))), undefined);
  attempt(() => (Component = replaced(Component, (options) => component(options))), undefined);
  attempt(() => (Behavior = replaced(Behavior, (options) => behavior(options), (given, options) => behaviors.set(given, options))), undefined);
}

type Define = (options: object) => unknown;

/** The platform's function with `see` called before it, and `made` after it. */
function replaced(original: Define, see: (options: Definition) => void, made?: (given: unknown, options: Definition) => void): Define {
  if (typeof original != 'function') return original;
  return function (this: unknown, options: object) {
    if (options) attempt(() => see(options as Definition), undefined);
    const given = original.apply(this, arguments as never);
    if (options && made) attempt(() => made(given, options as Definition), undefined);
    return given;
  };
}

function page(options: Definition): void {
  const how = { adds: (name: string) => lacks(options, name) };
  mixed(options);
  told(options as Methods, how);
}

function component(options: Definition): void {
  const { methods } = options;
  mixed(options);
  if (methods && Object.keys(methods).some((name) => OF_PAGES.test(name))) told(methods, { adds: (name) => lacks(options, name), only: isPage });
  lifetimes(options, true);
}

/** What it has is hooked in it; it is given nothing. */
function behavior(options: Definition): void {
  const how = { adds: () => false, only: isPage };
  mixed(options);
  for (const methods of [options as Methods, options.methods]) if (methods) told(methods, how);
  lifetimes(options, false);
}

/** Behaviors that are no names: Alipay's mixins are the definitions themselves. */
function mixed(options: Definition): void {
  for (const one of others(options)) {
    if (typeof one != 'object' || !one || seen.has(one)) continue;
    seen.add(one);
    attempt(() => behavior(one as Definition), undefined);
  }
}

const others = ({ behaviors, mixins }: Definition): unknown[] => [behaviors, mixins].reduce<unknown[]>((all, some) => (Array.isArray(some) ? all.concat(some) : all), []);

/** Whether no behavior has a method of this name, which one of the definition's own would replace. */
function lacks(options: Definition, name: string): boolean {
  return others(options).every((one) => {
    const known = behaviors.get(one) || one;
    // The platform's own have none; what is known by a name only may have any.
    if (typeof known != 'object' || !known) return /^\w+:\/\//.test(String(known));
    const { methods, [name]: own } = known as Definition;
    return !own && !(methods && methods[name]) && lacks(known as Definition, name);
  });
}

function told(methods: Methods, how: How): void {
  begins(methods, 'onLoad', how, [true, false]);
  for (const act of ofPages) attempt(() => act(methods, how), undefined);
}

/** The moments of a component's life, where its definition has them; what is missing is added to a component. */
function lifetimes(options: Definition, adds: boolean): void {
  const { lifetimes } = options;
  // Where there are lifetimes, they hold.
  const holder = (name: string) => (lifetimes && lifetimes[name] ? lifetimes : (options as Methods));
  const alipay = typeof my == 'object';
  for (const name of ['created', 'attached']) {
    const methods = holder(name);
    // Alipay's own components have other names for their life.
    begins(methods, name, { adds: () => adds && !alipay }, [name == 'created']);
  }
  if (!alipay) return;
  begins(options as Methods, 'onInit', { adds: () => false }, [true]);
  begins(options as Methods, 'didMount', { adds: () => adds && !(lifetimes && lifetimes.attached) }, [false]);
}

function begins(methods: Methods, name: string, how: How, moments: boolean[]): void {
  const tell: Method = function (this: unknown) {
    for (const isEarly of moments) for (const act of atBegin) attempt(() => act(this as object, isEarly), undefined);
  };
  before(methods, name, tell, how);
}

/**
 * Whether a component is a page: any may have methods of these names. By what it is, and by its path, because
 * a platform may list its pages by other objects than those that it calls.
 */
function isPage(instance: unknown): boolean {
  const pages = stack();
  const path = pathOf(instance);
  return !pages.length || pages.indexOf(instance) >= 0 || (!!path && pages.some((page) => pathOf(page) == path));
}
