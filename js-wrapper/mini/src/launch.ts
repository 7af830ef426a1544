/** The cold launch: how the mini program was opened, and on what device. */
import { attempt, type Host } from './hosts';
import type { Allows } from './index';
import { opening, text } from './opening';
import { Kind, type Sink } from './record';

const number = (value: unknown): number => (typeof value == 'number' ? value : NaN);

export function launch(host: Host, sink: Sink, _: unknown, allows: Allows): void {
  const { api } = host;
  const start = Date.now();
  const opened = attempt(() => api.getLaunchOptionsSync && api.getLaunchOptionsSync(), undefined);
  const tell = (device: { [name: string]: unknown }, network: unknown) => {
    const { SDKVersion, version, model, system, platform, benchmarkLevel, language, windowWidth, windowHeight } = device;
    sink(Kind.Launch, start, 'cold', ...opening(opened), text(SDKVersion || api.SDKVersion), text(version), text(model), text(system), text(platform),
      number(benchmarkLevel), text(network), text(language), number(windowWidth), number(windowHeight));
  };
  // Asked for later and without waiting: the synchronous forms take tens of milliseconds of the start.
  setTimeout(() => {
    ask(api.getSystemInfo as Question, (device) => ask(api.getNetworkType as Question, (network) => tell(device, network.networkType)));
  });

  /** Asks the platform; nothing, when it does not know. */
  function ask(question: Question | undefined, then: (answer: { [name: string]: unknown }) => void): void {
    const end = (answer?: object) => attempt(() => then((answer || {}) as { [name: string]: unknown }), undefined);
    // While consent is denied nobody would take what was asked for.
    if (!allows.asking()) return;
    if (typeof question != 'function') return end();
    try {
      question.call(api, { success: end, fail: () => end() });
    } catch (_) {
      end();
    }
  }
}

/** A question to the platform, which answers once. */
export type Question = (options: { success: (answer: object) => void; fail: () => void }) => unknown;
