// The small controls that every page has: language, light or dark, help; and a choice of one of several.

import { h, icon } from '../dom.js';
import { showHelp } from '../keyboard.js';
import { keep, language, speak, t } from '../words.js';

/** A choice: `options` are `[value, text]`. */
export function choice(label, options, chosen, act, id) {
  const select = h(
    'select',
    { id, 'aria-label': label, onchange: () => act(select.value) },
    options.map(([value, text]) => h('option', { value, selected: value == chosen }, text)),
  );
  return select;
}

/** Language, light or dark, and help. `again` paints everything in the new language. */
export function tools(again) {
  const other = language() == 'en' ? 'zh-CN' : 'en';
  const dark = () => document.documentElement.dataset.theme == 'dark';
  const theme = h('button.quiet', { type: 'button', id: 'theme', title: t('theme') });
  const drawn = () => theme.replaceChildren(icon(dark() ? 'light' : 'dark'), h('span.unseen', t('theme')));
  theme.addEventListener('click', () => {
    const next = dark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    keep('dataview.theme', next);
    drawn();
    dispatchEvent(new Event('dataview.theme'));
  });
  drawn();
  const speaks = () => {
    speak(other);
    again();
    document.getElementById('language')?.focus();
  };
  return h(
    '.tools',
    h('button.quiet', { type: 'button', id: 'language', lang: other, onclick: speaks }, other == 'en' ? 'English' : '中文'),
    theme,
    h('button.quiet', { type: 'button', id: 'help', title: t('help.title'), onclick: showHelp }, '?', h('span.unseen', t('help.title'))),
  );
}
