// What stands where there is nothing to show: not yet, nothing there, or something went wrong.

import { h, icon } from '../dom.js';
import { duration } from '../format.js';
import { language, named, t } from '../words.js';

/** While a page is loaded for the first time. */
export const skeleton = () =>
  h('.skeleton', { role: 'status', 'aria-label': t('state.loading') }, h('i.bone'), h('i.bone'), h('i.bone'), h('i.bone.tall'));

/** Nothing is there: what that means, and what one can do. */
export const empty = (key, action) => h('.state', h('h2', t(`${key}.title`)), h('p', t(`${key}.words`)), action);

/** What is shown lacks `days`, of which something cannot be read. */
export const unread = (days = []) => days.length > 0 && h('p.notice.poor', { role: 'status', 'data-unread': true }, h('b', t('unread.title')), ' ', t('unread.words', { days: days.join(', ') }));

/** Nothing is there; where `days` cannot be read, nobody knows whether there was something. */
export const emptyBut = (days, key, action) => (days?.length > 0 ? unread(days) : empty(key, action));

/** Something went wrong: in the words of the server, and with a way to try again where that may help. */
export function problemState(problem, again) {
  const retry = again && ![403, 404].includes(problem.status) && h('button', { type: 'button', 'data-retry': true, onclick: again }, icon('refresh'), t('state.retry'));
  return h('.state.wrong', { role: 'alert' }, h('h2', heading(problem)), h('p', said(problem, { exact: false })), retry);
}

const heading = ({ status, code, title }) => (language() == 'en' && code && title) || named(`problem.${status}.title`, t(status >= 500 ? 'problem.server.title' : 'problem.title'));

/** Codes that say little without the server's detail. */
const SPECIFIC = /^(invalid_(value|parameter|body|range)|unknown_parameter|missing_parameter|already_there|unknown_name)$/;

/** What a problem says to people: the server's own words in English, ours for its code in other languages;
 * who has typed something is told `exact`ly what is wrong, which only the server's words say. */
export function said(problem, { exact: isExact = true } = {}) {
  if (!('status' in problem)) return t('problem.page.words');
  const waits = problem.retryAfter && t('problem.later', { time: duration(problem.retryAfter * 1000) });
  const ours = named(`code.${problem.code}`);
  const exact = isExact && SPECIFIC.test(problem.code) && problem.detail ? `${ours ?? ''} ${problem.detail}` : ours;
  const words = (language() == 'en' ? problem.detail || ours : exact || ours || (isExact && problem.detail)) || named(`problem.${problem.status}.words`, problem.title || t('problem.words', { status: problem.status }));
  return [words, waits].filter(Boolean).join(' ');
}
