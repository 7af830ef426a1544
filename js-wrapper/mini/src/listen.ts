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
  onPageNotFound: 'onPageNotFound',
};

/** Calls `listener` at each `event`. */
export function listen(host: Host, event: keyof Events, listener: Method): void {
  const on = host.api[event] as ((listener: Method) => void) | undefined;
  if (typeof on == 'function') on.call(host.api, (...told) => attempt(() => void listener(...told), undefined));
  else if (METHODS[event]) listenInApp(METHODS[event] as string, listener);
}

const inApp: [string, Method][] = [];

function listenInApp(method: string, listener: Method): void {
  if (!inApp.length) {
    attempt(() => {
      const original = App as (this: unknown, options: object) => void;
      App = function (this: unknown, options: object) {
        if (options) inApp.forEach(([method, listener]) => attempt(() => before(options as Methods, method, listener), undefined));
        return original.call(this, options);
      };
    }, undefined);
  }
  inApp.push([method, listener]);
}

/** Has `listener` called before the method of that name, which may be missing, with the same `this`. */
export function before(methods: Methods, name: string, listener: Method): void {
  const method = methods[name];
  methods[name] = function (this: unknown, ...told: unknown[]) {
    attempt(() => listener.apply(this, told), undefined);
    return typeof method == 'function' ? method.apply(this, told) : undefined;
  };
}

/** What is done to a definition: its methods, and the name of the one that begins an instance. */
type Act = (methods: Methods, begins: string) => void;

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
      if (options) see(options as Methods, 'onLoad', true);
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
  if (methods && (methods.onLoad || methods.onShow || methods.onReady)) see(methods, 'onLoad', true);
  // Alipay's own components have other names for their life; where there are lifetimes, they hold.
  else if (lifetimes && lifetimes.attached) see(lifetimes, 'attached', false);
  else see(options as Methods, typeof my == 'object' ? 'didMount' : 'attached', false);
}

function see(methods: Methods, begins: string, page: boolean): void {
  for (const [act, of] of acts) if (page || of == 'all') attempt(() => act(methods, begins), undefined);
}
