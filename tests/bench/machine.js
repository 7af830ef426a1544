// What the figures were measured on.

import { arch, cpus, loadavg, platform } from 'node:os';

/** The machine, its browser, and how busy it was before anything was measured. */
export async function machine(browser) {
  const processors = cpus();
  return {
    os: platform(),
    arch: arch(),
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    browser: await browser.version(),
    node: process.version,
    load_average_before: Math.round(loadavg()[0] * 100) / 100,
  };
}
