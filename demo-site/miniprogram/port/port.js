// Makes the bank's mini program for one platform: the same source under that platform's names.

const fs = require('node:fs');
const path = require('node:path');

const { PLATFORMS } = require('./platforms.js');

const SOURCE = path.join(__dirname, '..', 'src');

/** Attributes of a template that listen: `bindtap="…"`, `bind:tap="…"`, `catchtap="…"`. */
const LISTENS = /(\s)(bind|catch):?([a-z]+)(?==")/g;

/** A platform's form of one file: its name and its content. `given` is what `config.js` is told. */
function ported(platform, name, text, given) {
  const row = PLATFORMS[platform];
  if (name.endsWith('.wxml')) {
    const content = text
      .replace(/(\s)wx:/g, `$1${row.directive}`)
      .replace(LISTENS, (_, space, prefix, event) => space + row.handler(prefix, event));
    return [name.replace(/\.wxml$/, row.template), content];
  }
  if (name.endsWith('.wxss')) return [name.replace(/\.wxss$/, row.style), text];
  if (name === 'app.json') return [name, json(row.app(JSON.parse(text)))];
  if (name === 'sitemap.json') return platform === 'wechat' ? [name, text] : undefined;
  if (name.endsWith('.json')) return [name, json(row.page(JSON.parse(text)))];
  if (name === 'platform.js') return [name, replaced(text, 'const host = wx;', `const host = ${row.host};`)];
  if (name === 'config.js') return [name, configured(text, given)];
  return [name, text];
}

/** The configuration with the addresses and key that were given. */
function configured(text, { api, ingest, key } = {}) {
  let told = text;
  if (api) told = told.replace(/(const api = )'[^']*'/, (_, start) => `${start}${quoted(api)}`);
  if (ingest) told = told.replace(/(const ingest = )'[^']*'/, (_, start) => `${start}${quoted(ingest)}`);
  if (key) told = told.replace(/(key: )'[^']*'/, (_, start) => `${start}${quoted(key)}`);
  return told;
}

/**
 * Writes the mini program into `folder`, with the SDK's package where the platform looks for it.
 * `sdk` is the folder of the built package, the one that its package.json calls `miniprogram`.
 */
function port(platform, folder, given = {}) {
  if (!PLATFORMS[platform]) {
    throw new Error(`platform ${JSON.stringify(platform)}: allowed: ${Object.keys(PLATFORMS).join(', ')}`);
  }
  const { modules, project } = PLATFORMS[platform];
  fs.rmSync(folder, { recursive: true, force: true });
  for (const name of files(SOURCE)) {
    const made = ported(platform, name, fs.readFileSync(path.join(SOURCE, name), 'utf8'), given);
    if (!made) continue;
    const file = path.join(folder, made[0]);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, made[1]);
  }
  fs.writeFileSync(path.join(folder, project[0]), json(project[1]));
  if (given.sdk) {
    if (!fs.existsSync(path.join(given.sdk, 'index.js'))) {
      throw new Error(`--sdk ${given.sdk}: has no index.js; build it with \`cargo xtask wasm\``);
    }
    fs.cpSync(given.sdk, path.join(folder, modules, 'dna-mini'), { recursive: true });
  }
  return folder;
}

/** Paths of all files below `folder`, relative to it. */
function files(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** An edit that must not be lost when the source changes. */
function replaced(text, from, to) {
  if (!text.includes(from)) throw new Error(`no ${JSON.stringify(from)} in the source any more`);
  return text.replace(from, to);
}

const quoted = (text) => `'${text.replace(/[\\']/g, '\\$&')}'`;

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

module.exports = { port, ported };
