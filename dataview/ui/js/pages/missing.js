// An address that leads nowhere.

import { href } from '../address.js';
import { h } from '../dom.js';
import { empty } from '../parts/states.js';
import { t } from '../words.js';

export const name = 'missing';

export const load = async () => empty('missing.state', h('a', { href: href('/overview') }, t('overview.title')));
