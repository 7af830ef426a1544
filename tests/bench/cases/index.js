// All that is measured, in the order of the report.

import { calls } from './calls.js';
import { DELIVERY } from './delivery.js';
import { errors } from './errors.js';
import { journey } from './journey.js';
import { load } from './load.js';
import { routes } from './routes.js';
import { slowed } from './slowed.js';
import { transfer } from './transfer.js';

/**
 * A case: `name`; `title`; `turns` by default; `applies` to which peers; `measure(bench, peer)`
 * gives a turn's samples by key; `figures` say what the report makes of each. Turns start
 * `gapMs` apart and `together` at most run at a time, `limitMs` each, a minute by default.
 *
 * A figure: `key` in the JSON, `title`, `digits`, `from` which sample; `overBase` when what
 * counts is the difference to the page without SDK in the same turn.
 */
export const CASES = [transfer, load, slowed, calls, errors, routes, journey, ...DELIVERY];
