// What becomes of the source on each platform.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');

const { PLATFORMS } = require('../port/platforms.js');
const { port, ported } = require('../port/port.js');

const folderOf = (context) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'harbour-port-'));
  context.after(() => fs.rmSync(folder, { recursive: true }));
  return folder;
};

test('templates speak the platform’s language', () => {
  const source = '<view wx:if="{{a}}" class="wx:x" bindtap="go" catch:touchmove="stay" bindpick="p" />';
  const of = (platform) => ported(platform, 'a.wxml', source);
  assert.deepEqual(of('alipay'), ['a.axml', '<view a:if="{{a}}" class="wx:x" onTap="go" catchTouchmove="stay" onPick="p" />']);
  assert.deepEqual(of('douyin'), ['a.ttml', '<view tt:if="{{a}}" class="wx:x" bindtap="go" catchtouchmove="stay" bindpick="p" />']);
});

for (const platform of Object.keys(PLATFORMS)) {
  test(`${platform}: every page and component that is named is there, and nothing of another platform`, (context) => {
    const folder = port(platform, folderOf(context), { api: "https://bank.example/a'b", ingest: 'https://dna.example', key: 'k' });
    const row = PLATFORMS[platform];
    const app = JSON.parse(fs.readFileSync(path.join(folder, 'app.json'), 'utf8'));
    const packages = app.subpackages || app.subPackages;
    const pages = app.pages.concat(...packages.map((one) => one.pages.map((page) => `${one.root}/${page}`)));
    const components = [];
    for (const page of pages) {
      const settings = JSON.parse(fs.readFileSync(path.join(folder, `${page}.json`), 'utf8'));
      assert.ok(settings.navigationBarTitleText || settings.defaultTitle, page);
      components.push(...Object.values(settings.usingComponents || {}));
    }
    assert.deepEqual([pages.length, components.length], [7, 2]);
    for (const unit of [...pages, ...components]) {
      for (const ending of ['.js', '.json', row.template, row.style]) assert.ok(fs.existsSync(path.join(folder, unit + ending)), unit + ending);
    }
    const config = fs.readFileSync(path.join(folder, 'config.js'), 'utf8');
    const module = { exports: {} };
    new Function('module', config)(module);
    const { api, dna } = module.exports;
    assert.deepEqual([api, dna.endpoint, dna.key], ["https://bank.example/a'b", 'https://dna.example', 'k']);
    const others = Object.values(PLATFORMS).filter((one) => one !== row).flatMap((one) => [one.template, one.style]);
    for (const name of fs.readdirSync(folder, { recursive: true })) {
      assert.ok(!others.some((ending) => String(name).endsWith(ending)), String(name));
    }
  });
}

test('both languages say the same things', () => {
  const keys = (words) => Object.entries(words).map(([page, texts]) => [page, Object.keys(texts)]);
  assert.deepEqual(keys(require('../src/texts/zh.js')), keys(require('../src/texts/en.js')));
});

test('a wrong platform, and an SDK that is not built, are named', (context) => {
  const folder = folderOf(context);
  assert.throws(() => port('wechatt', folder), /"wechatt": allowed: wechat, alipay, douyin/);
  assert.throws(() => port('wechat', folder, { sdk: '/nowhere' }), /--sdk \/nowhere: .*cargo xtask wasm/);
});
