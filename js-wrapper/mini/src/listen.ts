/** Listening to events of the application, whichever way the platform has them. */
import { attempt, type Events, type Host } from './hosts';

type Method = (this: unknown, ...told: unknown[]) => unknown;
export type Methods = { [name: string]: Method | undefined };

/** The events, and the methods of `App()` that older platforms call instead. */
const METHODS: { [event in keyof Events]: string } = {
  onAppShow: 'onShow',
  onAppHide: 'onHide',
  onError: 'onError',
  onUnhandledRejection: 'onUnhandledRejection',
};

/** Calls `listener` at each `event`. */
export function listen(host: Host, event: keyof Events, listener: Method): void {
  const on = host.api[event] as ((listener: Method) => void) | undefined;
  if (typeof on == 'function') on.call(host.api, (...told) => attempt(() => void listener(...told), undefined));
  else if (METHODS[event]) listenInApp(METHODS[event] as string, listener);
}

const inApp: [string, Method, boolean][] = [];

/** Calls `listener` before the method of `App()`, which is added where it is missing if `adds`. */
export function listenInApp(method: string, listener: Method, adds = true): void {
  if (!inApp.length) {
    attempt(() => {
      const original = App as (this: unknown, options: object) => void;
      App = function (this: unknown, options: object) {
        if (options) inApp.forEach(([method, listener, adds]) => attempt(() => before(options as Methods, method, listener, { adds }), undefined));
        return original.call(this, options);
      };
    }, undefined);
  }
  inApp.push([method, listener, adds]);
}

/** How a definition's methods are hooked. */
export interface How {
  /** Whether a method that is missing is added: where there are behaviors it may be theirs. */
  adds?: boolean;
  /** Whether only pages are told of: any component may have methods of these names. */
  checks?: boolean;
}

/** Has `listener` called before the method of that name, which may be missing, with the same `this`. */
export function before(methods: Methods, name: string, listener: Method, how?: How): void {
  around(methods, name, function (this: unknown, ...told: unknown[]) {
    listener.apply(this, told);
  }, how);
}

/** Has `listener` called before the method of that name, and what it gives back after it. */
export function around(
  methods: Methods,
  name: string,
  listener: (this: unknown, ...told: unknown[]) => (() => void) | void,
  { adds = true, checks }: How = {},
): void {
  const method = methods[name];
  if (!method && !adds) return;
  methods[name] = function (this: unknown, ...told: unknown[]) {
    const after = attempt(() => (checks && !isPage(this) ? undefined : listener.apply(this, told)), undefined);
    try {
      return typeof method == 'function' ? method.apply(this, told) : undefined;
    } finally {
      if (after) attempt(after, undefined);
    }
  };
}

function isPage(instance: unknown): boolean {
  const stack = attempt<unknown>(() => getCurrentPages(), undefined);
  return !Array.isArray(stack) || stack.indexOf(instance) >= 0;
}

/** What is done to a definition: its methods, the name of the one that begins an instance, and how they are hooked. */
type Act = (methods: Methods, begins: string, how: How) => void;

const acts: [Act, 'page' | 'all'][] = [];

/**
 * Has `act` see each definition of a page, or of `all` components too, before the platform takes it. A page
 * may be defined by `Component`, as frameworks do: then its methods say so.
 */
export function definitions(act: Act, of: 'page' | 'all'): void {
  acts.push([act, of]);
  if (acts.length > 1) return;
  attempt(() => {
    const original = Page;
    Page = function (this: unknown, options: object) {
      if (options) attempt(() => see(options as Methods, 'onLoad', true, { adds: !mixed(options) }), undefined);
      return (original as Function).apply(this, arguments);
    };
  }, undefined);
  attempt(() => {
    const original = Component;
    Component = function (this: unknown, options: ComponentOptions) {
      if (options) attempt(() => seeComponent(options), undefined);
      return (original as Function).apply(this, arguments);
    };
  }, undefined);
}

interface ComponentOptions {
  methods?: Methods;
  lifetimes?: Methods;
}

function seeComponent(options: ComponentOptions): void {
  const { methods, lifetimes } = options;
  if (methods && (methods.onLoad || methods.onShow || methods.onReady)) see(methods, 'onLoad', true, { adds: !mixed(options), checks: true });
  // Alipay's own components have other names for their life; where there are lifetimes, they hold.
  if (lifetimes && lifetimes.attached) see(lifetimes, 'attached', false, {});
  else see(options as Methods, typeof my == 'object' ? 'didMount' : 'attached', false, {});
}

/** Whether it has methods from elsewhere, which its own of the same name would replace. */
function mixed(options: object): boolean {
  const { behaviors, mixins } = options as { behaviors?: unknown; mixins?: unknown };
  return !!(behaviors || mixins);
}

function see(methods: Methods, begins: string, page: boolean, how: How): void {
  for (const [act, of] of acts) if (page || of == 'all') attempt(() => act(methods, begins, how), undefined);
}
