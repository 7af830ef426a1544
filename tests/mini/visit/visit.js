// One visit, made alike on every platform, and how its events are compared.

import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PLATFORMS, Phone } from '../container/phone.js';
import { folder } from '../fixture/lay.js';
import { sdkDist } from '../sdk.js';
import { API, ENDPOINT, Intake } from './intake.js';

/** What must be in no storage and no request of the SDK's. */
export const SECRETS = { card: '6222020202020208', phone: '13800138000', openid: 'o6zAJs5tGhK_LQz1xF4pPq0wErTy' };

/** Lays the visited mini program out for a platform; `options` are merged into those of `init`. */
export async function lay(platform, options = {}) {
  const app = await folder();
  await cp(join(import.meta.dirname, 'app'), app, { recursive: true });
  const packed = join(app, PLATFORMS[platform].npm[0], 'dna-mini');
  await mkdir(packed, { recursive: true });
  await cp(sdkDist, packed, { recursive: true });
  const all = { key: 'bank-mini', endpoint: ENDPOINT, release: '2.7.1', consent: 'granted', ...options };
  await writeFile(join(app, 'options.js'), `module.exports = ${JSON.stringify(all)};\n`);
  return app;
}

/** The same for Alipay, the core being in its Worker. */
export async function layWorker(options = {}) {
  const app = await lay('alipay', { worker: 'workers/dna-worker.js', ...options });
  await mkdir(join(app, 'workers'));
  for (const name of ['dna-worker.js', 'dna.wasm', 'dna.wasm.br']) await cp(join(sdkDist, name), join(app, 'workers', name));
  const config = JSON.parse(await readFile(join(app, 'app.json'), 'utf8'));
  await writeFile(join(app, 'app.json'), JSON.stringify({ ...config, workers: ['workers/dna-worker.js'] }));
  return app;
}

/** A phone with the visited mini program, and the intake that it sends to. */
export async function phoneFor(platform, { options, app, ...more } = {}) {
  const intake = new Intake();
  const phone = new Phone({
    platform,
    folder: app ?? (await lay(platform, options)),
    domains: [ENDPOINT, API],
    serve: intake.serve,
    ...more,
  });
  return { phone, intake };
}

/** The steps of the visit, each by itself, so that a test may do something between two. */
export const STEPS = [
  (running) => running.tap('signIn', { customer: SECRETS.openid }),
  (running) => running.advance(2000),
  (running) => running.tap('pay'),
  (running) => running.tap('submit'),
  (running) => running.tap('unreachable'),
  (running) => running.tap('throws'),
  (running) => running.tap('rejects'),
  (running) => running.advance(6000),
  (running) => running.hide(),
  (running) => running.advance(3000),
  (running) => running.show(),
  (running) => running.advance(6000),
  (running) => running.hide(),
  (running) => running.advance(6000),
];

/** Makes the visit on a phone; gives back the process. A killed process's steps do nothing. */
export async function visit(phone, how) {
  const running = await phone.launch(how);
  for (const step of STEPS) if (running.life.alive) await step(running);
  return running;
}

/** What not every platform measures, and what comes when the platform answers a question. */
export const MEASURED = ['app_launch', 'page_load', 'web_vital', 'code_load', 'resource', 'data_update', 'network_change'];

/** What only WeChat measures of a request. */
const PROFILE = /^(protocol|transfer_size|http\.request\.body\.size|network\.connection\..*)$/;

/** What of an event must be the same on all platforms: no times, no identifiers, no stacks. */
export function comparable({ kind, page, ...fields }) {
  const left = Object.entries(fields).filter(([name]) => !/time|timing|duration|start|end$|\.id$|^id$|stack|^at$|view/.test(name) && !(kind == 'api_call' && PROFILE.test(name)));
  return JSON.stringify([kind, page, Object.fromEntries(left.sort(([a], [b]) => (a < b ? -1 : 1)))]);
}

/** What the visit tells, in every platform's own words made equal. */
export const told = (platform, { events }) =>
  events.filter(({ kind }) => !MEASURED.includes(kind)).map(comparable).map((line) => line.replaceAll(`miniprogram://${platform}/`, 'miniprogram://'));
