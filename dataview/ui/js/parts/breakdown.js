// The same figures side by side for each page, API, region, … A click on a row filters by it.

import { go, here } from '../address.js';
import { h } from '../dom.js';
import { count, duration, score } from '../format.js';
import { t } from '../words.js';
import { empty } from './states.js';
import { barred, table } from './table.js';
import { available, judged, judgedText } from './tiles.js';

/** What figures can be broken down by; the names are the query API's. */
export const DIMENSIONS = ['page', 'api', 'region', 'operator', 'device', 'os', 'browser', 'release', 'transaction'];

/** The tabs and the table. */
export function breakdown({ by, rows, filter }) {
  const tabs = DIMENSIONS.map((name) =>
    h('a', { href: here({ by: name == 'page' ? null : name, sort: null }), id: `by-${name}`, 'aria-current': name == by ? 'true' : null }, t(`by.${name}`)),
  );
  const choose = (row) => {
    const off = filter.dimension == by && filter.value == row.value;
    go(here({ [filter.dimension ?? by]: null, [by]: off ? null : row.value }));
  };
  return h(
    'section.panel',
    h('.panel-head', h('h2', t('breakdown.title')), h('nav.tabs', { 'aria-label': t('breakdown.title') }, tabs)),
    rows.length == 0
      ? empty('breakdown.empty')
      : table({
          id: 'breakdown',
          caption: t('breakdown.caption', { by: t(`by.${by}`) }),
          columns: [{ key: 'value', head: t(`by.${by}`), kind: 'long', value: (row) => row.value, cell: (row) => row.value || t('by.unknown') }, ...columns(by, rows)],
          rows,
          act: choose,
          chosen: (row) => filter.dimension == by && filter.value == row.value,
        }),
  );
}

function columns(by, rows) {
  if (by == 'api') return [counted('api_calls', rows), availability, percentile('api_duration_ms', 'p50', 2), percentile('api_duration_ms', 'p95'), percentile('api_duration_ms', 'p99', 3)].filter((column) => known(column, rows));
  if (by == 'transaction') {
    const all = [counted('transactions', rows), plain('transactions_failed'), percentile('transaction_duration_ms', 'p50', 2), percentile('transaction_duration_ms', 'p95')];
    return all.filter((column) => known(column, rows));
  }
  const all = [counted('page_views', rows), availability, plain('sessions', 3), plain('errors', 2), vitalOf('lcp_ms'), vitalOf('inp_ms', 2), vitalOf('cls', 3), percentile('api_duration_ms', 'p95', 2)];
  return all.filter((column) => column.key == 'page_views' || known(column, rows));
}

/** A column in which nothing is known for any row says nothing. */
const known = (column, rows) => rows.some((row) => typeof column.value(row) == 'number');

function counted(key, rows) {
  const greatest = Math.max(...rows.map((row) => row[key] ?? 0));
  return { key, head: t(`figure.${key}`), kind: 'number', value: (row) => row[key], cell: (row) => barred(count(row[key]), row[key] ?? 0, greatest) };
}

const plain = (key, priority) => ({ key, head: t(`figure.${key}`), kind: 'number', priority, value: (row) => row[key], cell: (row) => count(row[key]) });

/** An answer has one figure, or one for pages and one for calls too. */
const shareOf = ({ availability: given }) => (typeof given == 'object' ? given?.all : given);

const availability = {
  key: 'availability',
  get head() {
    return t('overview.availability');
  },
  kind: 'number',
  value: shareOf,
  cell: (row) => available(shareOf(row)),
};

const percentile = (key, which, priority) => ({
  key: `${key}.${which}`,
  head: t('figure.percentile', { name: t(`figure.${key}`), which }),
  kind: 'number',
  priority,
  value: (row) => row[key]?.[which],
  cell: (row) => duration(row[key]?.[which]),
});

const vitalOf = (key, priority) => ({
  key,
  head: t('figure.percentile', { name: t(`vital.${key}.short`), which: 'p75' }),
  kind: 'number',
  priority,
  value: (row) => row[key]?.p75,
  cell: (row) => judgedText(key == 'cls' ? score(row[key]?.p75) : duration(row[key]?.p75), judged(key, row[key]?.p75)),
});
