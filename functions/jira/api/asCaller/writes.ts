import type { Rule } from './rule.ts';

/** Changes of issues and of what hangs on them. */
export const writes: readonly Rule[] = [];
