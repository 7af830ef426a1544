// What the platforms call differently in a package's files. The source is WeChat's form; a row
// says what becomes of it. What they call differently at run time is in `src/platform.js`.

/** WeChat's keys of a page's window; a platform without a name for one does without it. */
const ALIPAY_WINDOW = {
  navigationBarTitleText: 'defaultTitle',
  navigationBarBackgroundColor: 'titleBarColor',
  backgroundColor: 'backgroundColor',
};

/** A page's own settings have the same keys, and those of components beside them. */
const alipayPage = (page) => {
  const { usingComponents, component } = page;
  return Object.assign(renamed(page, ALIPAY_WINDOW), usingComponents && { usingComponents }, component && { component });
};

const alipayApp = (app) => ({
  pages: app.pages,
  subPackages: app.subpackages.map(({ root, pages }) => ({ root, pages })),
  window: renamed(app.window, ALIPAY_WINDOW),
  tabBar: {
    textColor: app.tabBar.color,
    selectedColor: app.tabBar.selectedColor,
    backgroundColor: app.tabBar.backgroundColor,
    items: app.tabBar.list.map(({ pagePath, text }) => ({ pagePath, name: text })),
  },
});

const without = (...names) => (settings) => {
  const kept = Object.assign({}, settings);
  names.forEach((name) => delete kept[name]);
  return kept;
};

const same = (settings) => settings;

/** `bindtap`, `catchtap`, `bind:tap`: a handler of the platform that has WeChat's names. */
const bound = (prefix, event) => `${prefix}${event}`;

/** `onTap`, `catchTap`: Alipay's. */
const capital = (prefix, event) =>
  `${prefix === 'bind' ? 'on' : prefix}${event[0].toUpperCase()}${event.slice(1)}`;

exports.PLATFORMS = {
  wechat: {
    host: 'wx',
    template: '.wxml',
    style: '.wxss',
    directive: 'wx:',
    handler: bound,
    app: same,
    page: same,
    // Where the platform's tools put a package that `Build npm` has taken in.
    modules: 'miniprogram_npm',
    project: ['project.config.json', { appid: 'touristappid', compileType: 'miniprogram', setting: { urlCheck: false, es6: false } }],
  },
  alipay: {
    host: 'my',
    template: '.axml',
    style: '.acss',
    directive: 'a:',
    handler: capital,
    app: alipayApp,
    page: alipayPage,
    modules: 'node_modules',
    project: ['mini.project.json', { format: 2, compileType: 'mini', compileOptions: { component2: true } }],
  },
  douyin: {
    host: 'tt',
    template: '.ttml',
    style: '.ttss',
    directive: 'tt:',
    handler: bound,
    app: without('lazyCodeLoading', 'sitemapLocation'),
    page: same,
    modules: 'miniprogram_npm',
    project: ['project.config.json', { appid: 'testappid', setting: { urlCheck: false, es6: false } }],
  },
};

function renamed(settings, names) {
  const made = {};
  Object.keys(names).forEach((name) => {
    if (name in settings) made[names[name]] = settings[name];
  });
  return made;
}
