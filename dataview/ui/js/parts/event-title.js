// What happened, in one line. The server says it in English; in other languages it is made from what the
// event said.

import { language, t } from '../words.js';
import { pathOf } from './session-table.js';

/** The line for `event` of a session's timeline. */
export function eventTitle(event) {
  if (language() == 'en') return event.title;
  return TITLES[event.kind]?.(event.fields ?? {}, event) || event.title;
}

const path = (fields) => pathOf(fields['url.full']);
const page = (event) => pathOf(event.page);

const TITLES = {
  page_view: (fields, event) => t('title.page_view', { page: page(event) }),
  route_change: (fields, event) => t('title.route_change', { page: page(event) }),
  page_load: (fields, event) => t('title.page_load', { page: page(event) }),
  app_launch: () => t('title.app_launch'),
  api_call: (fields) => {
    const answer = fields['http.response.status_code'] ?? fields['error.type'] ?? t('title.no_answer');
    return `${fields['http.request.method'] ?? 'GET'} ${path(fields)} → ${answer}`;
  },
  resource_failure: (fields) => t('title.resource_failure', { what: fields['element.name'] ?? '', url: path(fields) }),
  resource: (fields) => t('title.resource', { what: fields.initiator_type ?? '', url: path(fields) }),
  user_action: (fields) => {
    const what = fields['user_action.name'] ?? fields['user_action.element'] ?? '';
    const frustration = fields['user_action.frustration'];
    return t(frustration ? 'title.user_action.frustrated' : 'title.user_action', { what, frustration: t(`frustration.${frustration}`) });
  },
  identity: (fields) => (fields['user.hash'] ? t('title.identity', { tier: fields['user.tier'] ?? '' }).trim() : t('title.identity.out')),
  transaction: (fields) => `${fields['transaction.name'] ?? ''}: ${t(`outcome.${fields['transaction.outcome'] ?? 'ended'}`)}`,
  visibility: (fields) => t(fields['document.visibility_state'] == 'hidden' ? 'title.hidden' : 'title.seen'),
  long_frame: () => t('title.long_frame'),
  memory_warning: () => t('title.memory_warning'),
};
