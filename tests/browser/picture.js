// Takes the README's picture, docs/live-view.png: the demo bank, and beside it the live view with
// what its visitor did. `npm run picture`, after `cargo xtask wasm` and `cargo build`.

import { join } from 'node:path';
import { launch } from './harness/browser.js';
import { startBank, startIngest } from './harness/servers.js';

const ingest = await startIngest();
const bank = await startBank(ingest.url);
const browser = await launch();

const page = await browser.newPage();
await page.setViewport({ width: 760, height: 860, deviceScaleFactor: 1.5 });
const live = await browser.newPage();
await live.setViewport({ width: 900, height: 860, deviceScaleFactor: 1.5 });

await page.bringToFront();
await page.goto(`${bank.url}/`);
await page.type('#user-id', 'vip-10086');
await page.type('#password', 'secret');
await page.click('#sign-in');
await page.waitForFunction(() => location.pathname === '/accounts' && document.readyState === 'complete');
await page.goto(`${bank.url}/failing-api`);
await page.click('#call-failing-api');
await page.waitForFunction(() => document.querySelector('#call-failing-api-result').textContent);
await page.goto(`${bank.url}/throws`);
await page.click('#throw-error');
await page.click('#reject-promise');
await page.waitForFunction(() => performance.getEntriesByType('paint').length === 2);
const left = await page.screenshot({ encoding: 'base64' });

await live.bringToFront();
await live.goto(`${ingest.url}/live`);
await live.waitForFunction(() => document.body.innerText.includes('rejected and not handled'));
const right = await live.screenshot({ encoding: 'base64' });

const both = await browser.newPage();
await both.setViewport({ width: 1720, height: 900 });
const image = (data) => `<img src="data:image/png;base64,${data}" style="height:860px;border-radius:8px">`;
await both.setContent(
  `<body style="margin:20px;display:flex;gap:20px;background:#dfe5e8">${image(left)}${image(right)}`,
);
await both.screenshot({ path: join(import.meta.dirname, '../../docs/live-view.png') });

await browser.close();
await bank.stop();
await ingest.stop();
