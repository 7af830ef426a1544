// The report for people: Markdown tables, a row a peer.

import { BASE, OURS } from './peers/index.js';

/** A machine with so many waiting processes a core, before anything was measured, was busy. */
const BUSY = 0.5;

export function markdown(about, rows, results, targets) {
  const parts = [`# Browser SDK beside its peers\n\n${heading(about)}\n${care(about, rows)}`];
  for (const { task, turns } of results.filter(({ task }) => !task.delivery)) {
    parts.push(`## ${task.title}\n\n${medians(task, turns)}${table(rows, task.figures)}`);
  }
  const delivery = results.filter(({ task }) => task.delivery);
  if (delivery.length > 0) parts.push(deliveryPart(rows, delivery));
  parts.push(...remarks(rows, results), targetsPart(targets));
  return `${parts.join('\n')}`;
}

const heading = ({ processor, cores, browser, load_average_before: busy, minutes }) =>
  `${processor}, ${cores} cores, ${browser}; load average before: ${busy}; took ${minutes} min.`;

/** With how much care the run's figures are to be taken. */
function care({ cores, load_average_before: busy }, rows) {
  const measured = rows.flatMap(({ cells }) => Object.values(cells)).filter((cell) => 'noisy' in cell && cell.turns > 1);
  const noisy = measured.filter((cell) => cell.noisy).length;
  const said = [];
  if (busy > BUSY * cores) said.push('the machine was busy before anything was measured');
  if (noisy > 0) said.push(`${noisy} of ${measured.length} figures are noisy, and say so`);
  return said.length > 0 ? `\nWith care: ${said.join('; ')}.\n` : '';
}

const medians = (task, turns) => (turns > 1 ? `Medians of ${turns} turns, in brackets the middle half of them.\n\n` : '');

function table(rows, figures) {
  const head = ['peer', ...figures.map(({ title }) => title)];
  const body = rows
    .filter(({ cells }) => figures.some(({ key }) => cells[key].none !== 'does not apply'))
    .map(({ peer, cells }) => [named(peer), ...figures.map((figure) => shown(cells[figure.key], figure))]);
  return lines(head, body);
}

function lines(head, body) {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...body].map((cells) => `| ${cells.map(escaped).join(' | ')} |\n`).join('');
}

/** An error's text may hold what ends a cell. */
const escaped = (cell) => cell.replaceAll('|', '\\|');

function named({ name, version }) {
  if (name === BASE) return `${name} (its own)`;
  return name === OURS ? `**${name}**` : `${name} ${version}`;
}

function shown(cell, { digits = 0 }) {
  if (cell.none) return cell.none === 'does not apply' ? '–' : cell.none;
  if (cell.of) {
    const share = cell.delivered === cell.of || cell.median === 0 ? '' : ` (median ${Math.round(cell.median * 100)} %)`;
    return `${cell.delivered}/${cell.of}${share}`;
  }
  const text = (value) => value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const spread = text(cell.low) === text(cell.high) ? '' : ` [${text(cell.low)} … ${text(cell.high)}]`;
  return `${text(cell.median)}${spread}${cell.noisy ? ' noisy' : ''}`;
}

/** Stories are long and peers are few, so here a row is a story. */
function deliveryPart(rows, delivery) {
  const peers = rows.filter(({ peer }) => peer.full);
  const head = ['an error, and then', ...peers.map(({ peer }) => named(peer))];
  const body = delivery.map(({ task: { figures: [figure] } }) => [
    figure.title,
    ...peers.map(({ cells }) => shown(cells[figure.key], figure)),
  ]);
  return `## Delivery: turns in which all of it arrived\n\n${lines(head, body)}`;
}

/** What went wrong in single turns: a figure of fewer turns than it says must say so. */
function remarks(rows, results) {
  const said = [];
  for (const { task, measured } of results) {
    for (const [name, { failures }] of measured) {
      if (failures.length > 0) said.push(`- ${task.name}, ${name}: ${failures.length} turns failed: ${failures[0]}`);
    }
  }
  return said.length > 0 ? [`## Turns that failed\n\n${said.join('\n')}\n`] : [];
}

function targetsPart(targets) {
  const body = targets.map(({ name, target, measured, holds }) => [name, target, measured, holds ? 'yes' : '**no**']);
  return `## Targets\n\n${lines(['target', 'wanted', 'measured', 'holds'], body)}`;
}
