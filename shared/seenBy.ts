import type { Call } from './call.ts';

/**
 * Whose view of a system an answer is: callers of the same view may see the same. What is kept in memory of a system's
 * answers, and used for other calls, is kept by it.
 *
 * Callers share a view where an account of this service asks for all of them and they are under the same rules of the
 * policy. It is one caller's own where the caller signed in at the system, and, with `eachCaller`, where the system's
 * answers are limited to what each caller may see.
 */
export function seenBy(
  { caller, permit, site }: Pick<Call, 'caller' | 'permit' | 'site'>,
  { eachCaller = false }: { eachCaller?: boolean } = {},
): string {
  const isOwn = eachCaller || caller.account !== undefined;
  return JSON.stringify([permit.scope, site ?? null, isOwn ? caller.id : null]);
}

/** What is kept in memory of a system's answers, for many calls: whose view it is, and what time it is. */
export interface KeptBy {
  /** What it is kept by: `seenBy` with the system's own options. */
  seenBy(call: Call): string;
  /** Milliseconds since the epoch. */
  now: () => number;
}
