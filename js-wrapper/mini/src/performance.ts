/** The platform's performance entries, each with the values that `sdk-wasm/src/mini/entries.rs` reads. */
import { attempt, type Host } from './hosts';
import { Kind, type Sink, type Value } from './record';

/** What both WeChat and Douyin have. */
export interface Performance {
  getEntries?(): Entry[];
  createObserver(callback: (told: Entry[] | { getEntries(): Entry[] }) => void): { observe(options: { entryTypes: string[] }): void; supportedEntryTypes?: string[] };
}

interface Entry {
  [name: string]: unknown;
}

/** What is observed; a platform that has a list of its own is asked for what is in both. */
const TYPES = ['navigation', 'render', 'script', 'loadPackage', 'resource', 'launch', 'paint', 'evaluate'];

/** What only the entries of a name have, in the core's order. */
const MORE: { [name: string]: string[] } = {
  route: ['navigationType'],
  firstRender: ['viewLayerReadyTime', 'initDataSendTime', 'initDataRecvTime', 'viewLayerRenderStartTime', 'viewLayerRenderEndTime'],
  evaluateScript: ['moduleName', 'fileList'],
  'app-service': ['packageName'],
  downloadPackage: ['packageName', 'packageSize'],
  resourceTiming: ['uri', 'initiatorType', 'transferSize', 'domainLookupStart', 'domainLookupEnd'],
};
MORE['miniprogram-package'] = MORE.downloadPackage;
MORE.resourceTiming = ['initiatorType', 'uri', 'transferSize', 'domainLookupStart', 'domainLookupEnd'];
MORE['resource-timing'] = MORE.resourceTiming;

export function performance(host: Host, sink: Sink): void {
  const { api } = host;
  const performance = (api.getPerformance ? api.getPerformance() : api.performance) as Performance | undefined;
  if (!performance || typeof performance.createObserver != 'function') return;
  const tell = (entry: Entry) => {
    const { name, path, startTime, duration } = entry;
    const more = MORE[String(name)] || [];
    sink(Kind.Entry, Date.now(), String(name), String(path || ''), Number(startTime), Number(duration), ...more.map((field) => plain(entry[field])));
  };
  const observer = performance.createObserver((told) =>
    attempt(() => (Array.isArray(told) ? told : told.getEntries()).forEach(tell), undefined),
  );
  const supported = observer.supportedEntryTypes;
  const entryTypes = Array.isArray(supported) ? TYPES.filter((type) => supported.indexOf(type) >= 0) : TYPES;
  sink(Kind.Entry, Date.now(), 'supported');
  // What was measured before this line is not observed: the packages and scripts that led to it.
  attempt(() => performance.getEntries && performance.getEntries().forEach(tell), undefined);
  observer.observe({ entryTypes });
}

/** A value as it is; of a list its length. */
function plain(value: unknown): Value {
  if (Array.isArray(value)) return value.length;
  return typeof value == 'string' || typeof value == 'number' ? value : undefined;
}
