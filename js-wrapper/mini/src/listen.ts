/** Listening to events of the application, whichever way the platform has them. */
import { attempt, type Events, type Host } from './hosts';

type Method = (this: unknown, ...told: unknown[]) => unknown;
type Methods = { [name: string]: Method | undefined };

/** The events, and the methods of `App()` that older platforms call instead. */
const METHODS: { [event in keyof Events]: string } = {
  onAppShow: 'onShow',
  onAppHide: 'onHide',
  onError: 'onError',
  onUnhandledRejection: 'onUnhandledRejection',
};

/** Calls `listener` at each `event`. It must not throw. */
export function listen(host: Host, event: keyof Events, listener: Method): void {
  const on = host.api[event] as ((listener: Method) => void) | undefined;
  if (typeof on == 'function') on.call(host.api, listener);
  else listenInApp(METHODS[event] as string, listener);
}

const inApp: [string, Method][] = [];

function listenInApp(method: string, listener: Method): void {
  if (!inApp.length) {
    attempt(() => {
      const original = App as (this: unknown, options: object) => void;
      App = function (this: unknown, options: object) {
        if (options) inApp.forEach(([method, listener]) => before(options as Methods, method, listener));
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
