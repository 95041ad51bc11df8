import type { Usage } from '../call.ts';
import { type Failure, lostWrite } from '../failure.ts';

/** With a write under way, no answer or one that cannot be read means that nobody knows whether it was made. */
export function writeAware(failure: Failure, usage: Usage, title: string): Failure {
  return failure.retryable && mayHaveChanged(failure, usage) ? lostWrite(title, failure.cause) : failure;
}

/** Whether something was changed all the same, or nobody knows. */
export function mayHaveChanged({ code, halfDone, nothingDone }: Failure, { writes }: Usage): boolean {
  return halfDone || (!nothingDone && writes > 0 && ['upstream_timeout', 'upstream_error', 'internal'].includes(code));
}
