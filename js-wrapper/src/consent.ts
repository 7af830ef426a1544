import type { Options } from './agent.js';

/** Whether the visitor, as far as the page says, has agreed: a page that says nothing need not ask. */
export const agreed = ({ consent }: Options): boolean => /^(granted|undefined)$/.test(consent as string);
