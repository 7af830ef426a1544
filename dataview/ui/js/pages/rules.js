// Rules: what is watched. Those of the file are shown and tried; those made here are changed here.

import { get, post, put, remove } from '../api.js';
import { h } from '../dom.js';
import { fullTime, share, time } from '../format.js';
import { may } from '../pages.js';
import { closeDialog, confirm, openDialog } from '../parts/dialog.js';
import { empty, said } from '../parts/states.js';
import { table } from '../parts/table.js';
import { t } from '../words.js';
import { severity } from './incidents.js';

export const name = 'rules';

/** What a new rule begins with. */
const TEMPLATE = { name: 'calls-fail', app: '', when: { type: 'threshold', measure: 'availability.calls', below: 0.98, window_minutes: 5 }, severity: 'warning', channels: [] };

export async function load(view) {
  const [{ rules, file_refused: refused }, { objectives }] = await Promise.all([get('/alerts/rules', {}, view.signal), get('/alerts/objectives', {}, view.signal)]);
  const administers = may(view.me.role, 'administrator');
  const make = () => edit(view, { ...TEMPLATE, app: view.app }, null);
  const add = administers && h('button', { type: 'button', id: 'add-rule', onclick: make }, t('rule.add'));
  return h(
    '.rules',
    refused && h('p.notice.poor', { role: 'alert' }, h('b', t('rules.refused')), ' ', refused),
    h('section.panel', h('.panel-head', h('h2', t('rules.list')), add), rules.length == 0 ? empty('rules.empty') : list(view, rules, administers)),
    objectives.length > 0 && h('section.panel', h('h2', t('objectives.title')), budgets(objectives)),
  );
}

const list = (view, rows, administers) =>
  table({
    id: 'rules',
    caption: t('rules.title'),
    sortable: false,
    rows,
    columns: [
      { head: t('rule.name'), cell: ({ rule }) => rule.name },
      { head: t('subscription.app'), priority: 2, cell: ({ rule }) => rule.app },
      { head: t('rule.when'), kind: 'long', cell: ({ rule }) => when(rule) },
      { head: t('incident.severity'), cell: ({ rule }) => severity(rule.severity) },
      { head: t('incident.owner'), priority: 2, cell: ({ rule }) => rule.owner || '–' },
      { head: t('rule.channels'), priority: 2, cell: ({ rule }) => rule.channels.join(', ') || '–' },
      { head: t('rule.source'), priority: 2, cell: ({ source, changed_by: by, changed_at: at }) => (source == 'api' ? h('span', { title: fullTime(at) }, by) : t('rule.in_file')) },
      { head: t('subscription.actions'), kind: 'actions', cell: (row) => actions(view, row, administers) },
    ],
  });

/** When it fires, in a few words. */
function when({ when: one, of, enabled }) {
  const limit = { threshold: () => (one.above != null ? `> ${one.above}` : `< ${one.below}`), absence: () => `< ${one.at_least}`, objective: () => `${one.at_most == null ? '' : `≤ ${one.at_most}, `}${share(one.target)}`, baseline: () => '' }[one.type]();
  const place = of.dimension == 'all' ? '' : ` · ${of.dimension}${of.values.length > 0 ? `: ${of.values.join(', ')}` : ''}`;
  return [t(`rule.type.${one.type}`), ` · ${one.measure} ${limit}${place}`, !enabled && h('span.muted.block', t('rule.disabled'))];
}

function actions(view, { rule, source }, administers) {
  const button = (key, act) => h('button.quiet', { type: 'button', onclick: act, 'aria-label': `${t(`rule.${key}`)}: ${rule.name}` }, t(`rule.${key}`));
  const gone = () => confirm(t('rule.remove'), t('rule.remove.words', { name: rule.name }), t('rule.remove'), async () => {
    await remove(`/alerts/rules/${encodeURIComponent(rule.name)}`);
    view.reload();
  });
  const here = administers && source == 'api';
  return [button(here ? 'edit' : 'try', () => edit(view, rule, here ? rule.name : false)), here && button('remove', gone)];
}

/** A rule as text, tried and, unless it is of the file (`known` is false), kept. `known` is null for a new one. */
function edit(view, rule, known) {
  const text = h('textarea.code', { id: 'rule-text', rows: 20, cols: 70, spellcheck: 'false', 'aria-label': t('rule.text') });
  text.value = JSON.stringify(rule, null, 2);
  const wrong = h('p.wrong', { role: 'alert' });
  const outcome = h('div', { id: 'dry-run', role: 'status' });
  const read = () => {
    try {
      return JSON.parse(text.value);
    } catch (error) {
      wrong.textContent = t('rule.no_json', { why: error.message });
      return null;
    }
  };
  const act = async (send) => {
    wrong.textContent = '';
    const written = read();
    if (written) await send(written).catch((problem) => (wrong.textContent = said(problem)));
  };
  const tryOut = () => act(async (written) => {
    outcome.replaceChildren(t('rule.trying'));
    const run = await post('/alerts/dry-run', { rule: written }).finally(() => outcome.replaceChildren());
    outcome.replaceChildren(...wouldHave(run));
  });
  const save = (event) => {
    event.preventDefault();
    return act(async (written) => {
      await (known ? put(`/alerts/rules/${encodeURIComponent(known)}`, written) : post('/alerts/rules', written));
      closeDialog();
      view.reload();
    });
  };
  const buttons = h('.buttons', h('button', { type: 'button', onclick: closeDialog }, t(known === false ? 'close' : 'cancel')), h('button', { type: 'button', id: 'try-rule', onclick: tryOut }, t('rule.try.week')), known !== false && h('button.main', t('rule.save')));
  openDialog(t(known === null ? 'rule.add' : 'rule.one', { name: rule.name }), h('form', { onsubmit: save }, h('p.muted', t('rule.words')), text, wrong, outcome, buttons));
}

/** What a rule would have done. */
function wouldHave({ firings, fired, minutes_unknown: unknown, values_left_out: leftOut }) {
  const one = (firing) => h('li', h('span', { title: fullTime(firing.at) }, time(firing.at)), ' – ', firing.until ? time(firing.until) : t('incident.goes_on'), firing.value && ` · ${firing.value}`);
  return [
    h('p', h('b', t('rule.would', { count: firings }))),
    fired.length > 0 && h('ol.plain', fired.slice(0, 20).map(one)),
    unknown > 0 && h('p.muted', t('rule.unknown', { count: unknown })),
    leftOut > 0 && h('p.muted', t('rule.left_out', { count: leftOut })),
  ].filter(Boolean);
}

const budgets = (rows) =>
  table({
    id: 'objectives',
    caption: t('objectives.title'),
    sortable: false,
    rows,
    columns: [
      { head: t('rule.name'), cell: (row) => row.rule },
      { head: t('rule.measure'), kind: 'long', cell: (row) => `${row.measure}${row.at_most == null ? '' : ` ≤ ${row.at_most}`}` },
      { head: t('objective.target'), kind: 'number', cell: (row) => share(row.target) },
      { head: t('objective.share'), kind: 'number', cell: (row) => share(row.share) },
      { head: t('objective.left'), kind: 'number', hint: t('objective.left.words'), cell: (row) => (row.budget_left === null ? '–' : h(`span.judged.${row.budget_left > 0.25 ? 'good' : row.budget_left > 0 ? 'fair' : 'poor'}`, `${Math.round(row.budget_left * 100)} %`)) },
      { head: t('objective.burn'), kind: 'number', priority: 2, hint: t('objective.burn.words'), cell: (row) => row.burns.map((burn) => (burn.long === null ? '–' : String(Number(burn.long.toPrecision(2))))).join(' / ') },
    ],
  });
