import { Failure } from '../../../shared/failure.ts';
import { sentence } from '../../../shared/text.ts';

const aboutRights = /\b(?:permission|permitted|rights|not authori[sz]ed|not allowed)\b/i;

/**
 * The failure for a write that Jira refused: what it says of a field in the name of our input, and for want of a permission
 * which one that is. Jira answers that with 403, and of versions and sprints also with 400 and 404.
 */
export function refusedFor(
  error: unknown,
  { permission, where, inputs }: { permission: string; where: string; inputs: Readonly<Record<string, string>> },
): unknown {
  // A policy's refusal has no answer of Jira's for its cause.
  if (!(error instanceof Failure) || error.cause === undefined) return error;
  const { code, message, cause } = error;
  if (code === 'forbidden' || ((code === 'not_found' || code === 'invalid_input') && aboutRights.test(message))) {
    const advice = `For this its account needs the permission ${permission} in ${where}. Say so to the user; trying again will not help.`;
    return new Failure('forbidden', `${sentence(message)} ${advice}`, { cause });
  }
  if (!error.errors) return error;
  const errors = error.errors.map(({ field, message }) => ({ field: inputs[field] ?? field, message }));
  return new Failure(code, message, { cause, errors });
}
