// What people read, in English.

import frame from './en/frame.js';
import experience from './en/experience.js';
import customers from './en/customers.js';
import alerts from './en/alerts.js';
import operation from './en/operation.js';
import codes from './en/codes.js';

export default { ...frame, ...experience, ...customers, ...operation, ...alerts, ...codes };
