/** How long the Wasm waits for a page that does not finish loading, as with an image that hangs. */
const LOAD_MAX_MS = 5000;

/**
 * When the page has loaded: until then the network and the processor are the page's alone. A
 * page that is made in advance is none until it is shown.
 */
export async function afterLoad(): Promise<void> {
  const until = (target: EventTarget, type: string) =>
    new Promise<unknown>((resolve) => target.addEventListener(type, resolve, { once: true }));
  if ((document as any).prerendering) await until(document, 'prerenderingchange');
  if (document.readyState != 'complete') {
    await Promise.race([until(window, 'load'), new Promise((resolve) => setTimeout(resolve, LOAD_MAX_MS))]);
  }
}
