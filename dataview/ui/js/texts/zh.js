// What people read, in Chinese (simplified).

import frame from './zh/frame.js';
import experience from './zh/experience.js';
import customers from './zh/customers.js';
import alerts from './zh/alerts.js';
import operation from './zh/operation.js';
import codes from './zh/codes.js';

export default { ...frame, ...experience, ...customers, ...operation, ...alerts, ...codes };
