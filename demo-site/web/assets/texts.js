// The page's texts and the way its language writes money and days.

const texts = JSON.parse(document.getElementById('texts').textContent);

export const language = document.documentElement.lang;
const chinese = language.startsWith('zh');

/** A text of the page's language, with `{name}` places filled in. */
export function text(key, places = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => places[name]);
}

/** The label of a record that the API gives in both languages. */
export const label = (both) => (chinese ? both.zh : both.en);

/** Hundredths of a currency as people read them: ¥42,860.15. */
export function money(minor, currency = 'CNY', sign = 'auto') {
  const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol', signDisplay: sign };
  // A true minus is as wide as the plus; a hyphen is not.
  return new Intl.NumberFormat(language, style).format(minor / 100).replace('-', '\u2212');
}

/** `2025-11-23` as a day without its year; UTC, because the API's dates are. */
export function day(iso, width = 'long') {
  const style = { month: width, day: 'numeric', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(language, style).format(new Date(`${iso}T00:00:00Z`));
}

/** `2025-11` as a month with its year. */
export function month(iso) {
  const style = { year: 'numeric', month: 'long', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(language, style).format(new Date(`${iso}-01T00:00:00Z`));
}

export { chinese };
