/**
 * Imports the module at `url` if its hash is `integrity`. A link's preload is the one way to say
 * so that works from a script and under Trusted Types; what is imported then is what was
 * preloaded. Browsers that cannot preload modules import it as it is.
 */
export const checked = (url: string, integrity: string): Promise<any> =>
  new Promise((onload, reject) => {
    const link = document.createElement('link');
    if (!link.relList.supports('modulepreload')) return onload(0);
    // The browser says itself what is wrong with it.
    Object.assign(link, { rel: 'modulepreload', href: url, integrity, onload, onerror: () => reject(url) });
    document.head.append(link);
  }).then(() => import(url));
