// What people read, in their language.

import en from './texts/en.js';
import zh from './texts/zh.js';

const LANGUAGES = { en, 'zh-CN': zh };

/** The language that is shown: `en` or `zh-CN`. */
export const language = () => (LANGUAGES[document.documentElement.lang] ? document.documentElement.lang : 'en');

/** Shows everything in `name` from now on; the caller paints the page anew. */
export function speak(name) {
  document.documentElement.lang = name;
  keep('dataview.language', name);
}

/** The text called `key`, with `{name}` replaced by what `values` has. A text that is not there shows as its key. */
export function t(key, values = {}) {
  const text = LANGUAGES[language()][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The text called `key`, or `fallback` where there is none: for names that the server gives. */
export const named = (key, fallback) => LANGUAGES[language()][key] ?? fallback;

/** Remembers a preference in this browser; where the storage is switched off, until the page is left. */
export function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Nothing is lost but the preference.
  }
}

/** A preference of this browser. */
export function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
