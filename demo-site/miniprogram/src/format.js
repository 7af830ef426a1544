// Money and days as people read them. By hand: not every phone's engine has Intl.

const { language } = require('./texts/index');

const SIGNS = { CNY: '¥', USD: '$' };

/** Hundredths of a currency: ¥42,860.15. `signed` also writes a plus. */
exports.money = (minor, currency, signed) => {
  const whole = String(Math.abs(minor)).padStart(3, '0');
  const units = whole.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = minor < 0 ? '\u2212' : signed ? '+' : '';
  return `${sign}${SIGNS[currency || 'CNY']}${units}.${whole.slice(-2)}`;
};

/** `1,234.5` as hundredths, or NaN; through text, because 1.15 * 100 is not 115. */
exports.minor = (typed) => {
  const parts = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(typed.replace(/,/g, '').trim());
  return parts ? Number(parts[1] + (parts[2] || '').padEnd(2, '0')) : NaN;
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2025-11-23` as a day without its year. */
exports.day = (iso) => {
  const [, month, day] = iso.split('-').map(Number);
  return language() === 'zh' ? `${month}月${day}日` : `${day} ${MONTHS[month - 1]}`;
};
