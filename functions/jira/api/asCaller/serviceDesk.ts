import type { Rule } from './rule.ts';

/** Service desks and the requests that customers make there. */
export const serviceDesk: readonly Rule[] = [];
