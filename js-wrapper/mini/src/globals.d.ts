/**
 * What the platforms put into every script. `hosts.ts` says how each is used; a check against the
 * platforms' own typings is in `tests/mini`.
 */
declare const wx: import('./hosts').CommonApi | undefined;
declare const tt: import('./hosts').CommonApi | undefined;
declare const qq: import('./hosts').CommonApi | undefined;
declare const swan: import('./hosts').CommonApi | undefined;
declare const my: import('./hosts').AlipayApi | undefined;

declare const WXWebAssembly: import('./hosts').PathWasm | undefined;
declare const TTWebAssembly: import('./hosts').PathWasm | undefined;

/** In Alipay's Worker. */
declare const MYWebAssembly: import('./hosts').PathWasm;
declare const worker: { postMessage(message: object): void; onMessage(listener: (message: unknown) => void): void };
declare const crypto: unknown;
interface Crypto {
  getRandomValues(words: Uint32Array): Uint32Array;
}

declare let App: (options: object) => void;
declare let Page: (options: object) => unknown;
declare let Component: (options: object) => unknown;
declare let Behavior: (options: object) => unknown;
declare function getCurrentPages(): unknown;

declare function setTimeout(act: () => void, delay?: number): number;
declare function clearTimeout(timer: number | undefined): void;
declare function require(path: string): unknown;
declare const console: { warn(...words: unknown[]): void };

/** What wasm2js makes of the module. */
declare module '*/mini/dna-wasm2js.js' {
  const core: import('./imports').CoreExports;
  export = core;
}
