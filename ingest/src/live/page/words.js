// The page's words in both languages, and which one is spoken.

const WORDS = {
  en: {
    live: 'live', events: 'Events', sessions: 'Sessions', failures: 'Failures',
    lastMinute: 'Events in the last minute', pause: 'Pause', resume: 'Resume', clear: 'Clear',
    search: 'Filter by session, address or text', copy: 'Copy', copied: 'Copied',
    emptyTitle: 'Waiting for the first event',
    emptyText: 'Open a page that carries the tag and click around: what arrives is shown here as soon as it is kept.',
    nothingTitle: 'Nothing matches', nothingText: 'Events arrive, but the filters above hide them.',
    connecting: 'Connecting', following: 'Live', away: 'The buffer is away, trying again',
    lost: 'Connection lost, trying again', busy: 'Too many pages watch, or the buffer is away; trying again',
    toLight: 'Light colours', toDark: 'Dark colours', otherLanguage: '中文',
    load: 'load', firstByte: 'first byte', leftEarly: 'left before it had loaded', status: 'status',
    noAnswer: 'no answer', signedOut: 'signed out', tier: 'tier', unreadable: 'unreadable entry',
    onlySession: 'Show only this session',
    kinds: {
      page_view: 'Page', web_vital: 'Vital', exception: 'Error', unhandled_rejection: 'Rejection',
      resource_failure: 'Not loaded', api_call: 'API', custom: 'Custom', identity: 'User', route_change: 'Route', resource: 'Loaded',
      long_frame: 'Busy', browser_report: 'Report', console: 'Console', user_action: 'Action', transaction: 'Step',
      mark: 'Mark', visibility: 'Seen', app_launch: 'Launch', page_load: 'Shown', code_load: 'Code',
      data_update: 'setData', memory_warning: 'Memory', network_change: 'Network', other: 'Other',
    },
  },
  zh: {
    live: '实时', events: '事件', sessions: '会话', failures: '异常',
    lastMinute: '最近一分钟的事件', pause: '暂停', resume: '继续', clear: '清空',
    search: '按会话、地址或文字筛选', copy: '复制', copied: '已复制',
    emptyTitle: '等待第一个事件',
    emptyText: '打开带有监测标签的页面并点击浏览：数据一经保存，立即显示在这里。',
    nothingTitle: '没有匹配的事件', nothingText: '事件正在到达，但被上方的筛选条件隐藏了。',
    connecting: '连接中', following: '实时', away: '缓冲区暂不可用，正在重试',
    lost: '连接中断，正在重试', busy: '观看的页面过多或缓冲区暂不可用，正在重试',
    toLight: '浅色', toDark: '深色', otherLanguage: 'EN',
    load: '加载', firstByte: '首字节', leftEarly: '加载完成前离开', status: '状态码',
    noAnswer: '无响应', signedOut: '已退出登录', tier: '等级', unreadable: '无法解析的记录',
    onlySession: '只看此会话',
    kinds: {
      page_view: '页面', web_vital: '体验指标', exception: '脚本错误', unhandled_rejection: '未处理拒绝',
      resource_failure: '资源失败', api_call: '接口', custom: '自定义', identity: '用户', route_change: '路由', resource: '资源加载',
      long_frame: '页面繁忙', browser_report: '浏览器报告', console: '控制台', user_action: '操作', transaction: '步骤',
      mark: '标记', visibility: '可见性', app_launch: '启动', page_load: '页面显示', code_load: '代码',
      data_update: 'setData', memory_warning: '内存', network_change: '网络', other: '其他',
    },
  },
};

export const remember = (name, value) => {
  // Storage may be forbidden; then the choice lasts as long as the page.
  try { localStorage.setItem(`dna.live.${name}`, value); } catch { /* forgotten */ }
};

export const remembered = (name) => {
  try { return localStorage.getItem(`dna.live.${name}`); } catch { return null; }
};

let language = remembered('language') ?? (navigator.language.startsWith('zh') ? 'zh' : 'en');
if (!Object.hasOwn(WORDS, language)) language = 'en';

export const word = (name) => WORDS[language][name];
export const kindName = (kind) => WORDS[language].kinds[kind];
export const number = (value, digits = 0) =>
  value.toLocaleString(language, { maximumFractionDigits: digits });

export function switchLanguage() {
  language = language === 'en' ? 'zh' : 'en';
  remember('language', language);
}

/** Puts the words where the page says `data-word`. */
export function speak() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const element of document.querySelectorAll('[data-word]')) {
    element.textContent = word(element.dataset.word);
  }
}
