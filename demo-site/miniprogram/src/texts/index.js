// The bank's words in the customer's language.

const platform = require('../platform');

const WORDS = { en: require('./en'), zh: require('./zh') };
const KEY = 'harbour-language';

let chosen;

/** `en` or `zh`: chosen here before, else the device's own. */
exports.language = () => {
  if (!chosen) chosen = platform.stored(KEY) || platform.language();
  return chosen;
};

exports.choose = (language) => {
  chosen = language;
  platform.store(KEY, language);
};

/** All words of a page, for its template. */
exports.words = (page) => WORDS[exports.language()][page];

/** One text, with `{name}` places filled in. */
exports.text = (page, name, places) =>
  exports.words(page)[name].replace(/\{(\w+)\}/g, (_, place) => places[place]);

/** The label of a record that the services give in both languages. */
exports.label = (both) => both[exports.language()];

/** Puts a page's words into its template and its title above it. */
exports.dress = (page, name) => {
  page.setData({ t: exports.words(name) });
  platform.title(exports.words(name).title);
};
