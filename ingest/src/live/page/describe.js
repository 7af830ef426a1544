// What matters of an event, in a few words. The terminal's words are in tail/describe.rs.

import { number, word } from './words.js';

export const KINDS = ['page_view', 'web_vital', 'exception', 'unhandled_rejection',
  'resource_failure', 'api_call', 'custom', 'identity', 'route_change', 'resource', 'long_frame', 'browser_report',
  'console', 'user_action', 'transaction', 'mark', 'visibility', 'app_launch', 'page_load', 'code_load', 'data_update',
  'memory_warning', 'network_change'];

export const failed = ({ kind, body }) =>
  ['exception', 'unhandled_rejection', 'resource_failure', 'browser_report', 'console', 'memory_warning', 'other'].includes(kind)
  || (kind === 'user_action' && 'user_action.frustration' in body)
  || (kind === 'api_call' && !(body['http.response.status_code'] < 400))
  || (kind === 'page_view' && body['http.response.status_code'] >= 400);

const path = (url = '') => url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') || (url && '/');
const ms = (value) => `${number(value)} ms`;
const lasted = (body) => body.duration_ms !== undefined && ms(body.duration_ms);
const join = (...parts) => parts.filter(Boolean);
const attributes = (body) =>
  Object.entries(body.attributes ?? {}).map(([name, value]) => `${name}=${value}`);

/** The words as [main, …details]. */
export function describe({ kind, body }, frame) {
  switch (kind) {
    case 'page_view': return join(
      path(frame['url.full']),
      body.load_event_end === undefined ? word('leftEarly') : `${word('load')} ${ms(body.load_event_end)}`,
      body.response_start !== undefined && `${word('firstByte')} ${ms(body.response_start)}`,
      body['http.response.status_code'] >= 400 && `${word('status')} ${body['http.response.status_code']}`);
    case 'web_vital': {
      const [name, value] = [body['browser.web_vital.name'], body['browser.web_vital.value']];
      return [name, name === 'CLS' ? number(value, 3) : ms(value)];
    }
    case 'exception':
    case 'unhandled_rejection': return join(
      join(body['exception.type'], body['exception.message']).join(': ') || '–',
      body['code.file.path'] && `${path(body['code.file.path'])}:${body['code.line.number'] ?? '?'}`);
    case 'resource_failure': return join(
      `${body['element.name'] ?? ''} ${path(body['url.full'])}`);
    case 'api_call': return join(
      `${body['http.request.method'] ?? ''} ${path(body['url.full'])}`,
      body['http.response.status_code'] ?? `${word('noAnswer')} ${body['error.type'] ?? ''}`,
      lasted(body));
    case 'custom': return join(body['event.name'], ...attributes(body));
    case 'identity': return join(
      body['user.hash']?.slice(0, 12) ?? word('signedOut'),
      body['user.tier'] && `${word('tier')} ${body['user.tier']}`, ...attributes(body));
    case 'route_change': return join(
      body['url.template'] ?? path(frame['url.full']), body['route.name']);
    case 'resource': return join(
      `${body['initiator_type'] ?? ''} ${body['url.full'] ?? ''}`,
      body.count && `× ${body.count}`, body['http.response.status_code'] >= 400 && body['http.response.status_code'], lasted(body));
    case 'long_frame': return join(lasted(body), path(body['script.url']), body['script.invoker']);
    case 'browser_report': return join(
      join(body['report.type'], body['report.id']).join(' '), body['csp.blocked_url'] ?? body['report.message']);
    case 'console': return join(body['log.message']);
    case 'user_action': return join(
      `${body['user_action.type'] ?? ''} ${body['user_action.name'] ?? body['user_action.element'] ?? ''}`,
      body['user_action.frustration'], lasted(body));
    case 'transaction': return join(body['transaction.name'], body['transaction.outcome'], lasted(body), ...attributes(body));
    case 'mark': return join(body['mark.name'], lasted(body));
    case 'visibility': return [body['document.visibility_state']];
    case 'app_launch': return join(
      `${body['app.launch.type'] ?? ''} ${path(body['app.launch.path'])}`, lasted(body), body['app.launch.scene']);
    case 'page_load': return join(path(frame['url.full']), lasted(body), body['navigation.type']);
    case 'code_load': return join(`${body['code.load.type']} ${body['package.name'] ?? ''}`, lasted(body));
    case 'data_update': return join(
      `${body.count ?? 1} × ${body['component.path'] ?? ''}`, lasted(body), body['data.paths']);
    case 'memory_warning': return join(String(body['memory.warning.level'] ?? '–'));
    case 'network_change': return join(`${body['network.connection.state'] ?? ''} ${body['network.connection.type'] ?? ''}`);
    default: return [word('unreadable'), body.error ?? ''];
  }
}

/** How good a timing is, by Google's bounds for Web Vitals; the page's load has our own. */
export function grade({ kind, body }) {
  const bounds = {
    FCP: [1800, 3000], LCP: [2500, 4000], CLS: [0.1, 0.25], INP: [200, 500], TTFB: [800, 1800],
    load: [3000, 6000],
  };
  const [name, value] = kind === 'web_vital'
    ? [body['browser.web_vital.name'], body['browser.web_vital.value']]
    : ['load', kind === 'page_view' ? body.load_event_end : undefined];
  if (!Object.hasOwn(bounds, name) || value === undefined) return '';
  const [good, poor] = bounds[name];
  return value <= good ? 'good' : value <= poor ? 'fair' : 'poor';
}
