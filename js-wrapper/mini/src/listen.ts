/** Listening to events of the application, whichever way the platform has them. */
import { attempt, type Events, type Host } from './hosts';

export type Method = (this: unknown, ...told: unknown[]) => unknown;
export type Methods = { [name: string]: Method | undefined };

/** The events, and the methods of `App()` that older platforms call instead. */
const METHODS: { [event in keyof Events]?: string } = {
  onAppShow: 'onShow',
  onAppHide: 'onHide',
  onError: 'onError',
  onUnhandledRejection: 'onUnhandledRejection',
};

/** Calls `listener` at each `event`. */
export function listen(host: Host, event: keyof Events, listener: Method): void {
  const method = METHODS[event];
  if (!heard(host, event, listener) && method) listenInApp(method, listener);
}

/** Has the platform call `listener` at each `event`; whether it does. */
export function heard({ api }: Host, event: keyof Events, listener: Method): boolean {
  return attempt(() => {
    const on = api[event] as ((listener: Method) => void) | undefined;
    if (typeof on != 'function') return false;
    on.call(api, (...told) => attempt(() => void listener(...told), undefined));
    return true;
  }, false);
}

const inApp: [string, Method, boolean][] = [];

/** Calls `listener` before the method of `App()`, which is added where it is missing if `adds`. */
export function listenInApp(method: string, listener: Method, adds = true): void {
  if (!inApp.length) {
    attempt(() => {
      const original = App as (this: unknown, options: object) => void;
      App = function (this: unknown, options: object) {
        if (options) inApp.forEach(([method, listener, adds]) => attempt(() => before(options as Methods, method, listener, { adds: () => adds }), undefined));
        return original.apply(this, arguments as never);
      };
    }, undefined);
  }
  inApp.push([method, listener, adds]);
}

/** How a definition's methods are hooked. */
export interface How {
  /** Whether a method of this name is added where it is missing: it may be a behavior's. Absent: yes. */
  adds?: (name: string) => boolean;
  /** Who is listened to; absent: everybody. */
  only?: (instance: unknown) => boolean;
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
  { adds, only }: How = {},
): void {
  const method = methods[name];
  if (!method && adds && !adds(name)) return;
  methods[name] = function (this: unknown, ...told: unknown[]) {
    const after = attempt(() => (only && !only(this) ? undefined : listener.apply(this, told)), undefined);
    try {
      return typeof method == 'function' ? method.apply(this, told) : undefined;
    } finally {
      if (after) attempt(after, undefined);
    }
  };
}
