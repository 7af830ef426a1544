// node port/main.js PLATFORM FOLDER [--api URL] [--ingest URL] [--key KEY] [--sdk FOLDER]

const path = require('node:path');
const { parseArgs } = require('node:util');

const { port } = require('./port.js');

const USAGE = `node port/main.js wechat|alipay|douyin FOLDER
  --api URL      the bank's services        [default: as in src/config.js]
  --ingest URL   where beacons go           [default: as in src/config.js]
  --key KEY      the application's key      [default: demo-bank-mini]
  --sdk FOLDER   the built package of DNA   [default: ../../js-wrapper/mini/dist]`;

try {
  const text = { type: 'string' };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { api: text, ingest: text, key: text, sdk: text },
  });
  const [platform, folder, more] = positionals;
  if (!folder || more) throw new Error(USAGE);
  const sdk = values.sdk || path.join(__dirname, '..', '..', '..', 'js-wrapper', 'mini', 'dist');
  console.log(port(platform, path.resolve(folder), Object.assign({}, values, { sdk })));
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 2;
}
