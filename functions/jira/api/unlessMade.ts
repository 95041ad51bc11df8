import { Failure } from '../../../shared/failure.ts';
import { sentence } from '../../../shared/text.ts';

/** What a write made, and what is to be said of it. */
interface Made<Thing> {
  made: Thing;
  notes: string[];
}

/** With these nobody knows whether a write was made. */
const unsure = new Set(['upstream_timeout', 'upstream_error', 'internal']);

/**
 * Makes a write, and where its answer was lost looks whether it was made all the same.
 * @param find what it was to make, where that is there now; it is asked once, and may fail
 * @throws Failure what the write failed with
 */
export async function unlessMade<Thing>(
  write: () => Promise<Thing>,
  find: () => Promise<Thing | undefined>,
): Promise<Made<Thing>> {
  try {
    return { made: await write(), notes: [] };
  } catch (error) {
    if (!(error instanceof Failure) || !unsure.has(error.code) || error.nothingDone) throw error;
    const made = await find().catch(() => undefined);
    if (made === undefined) throw error;
    return { made, notes: ['Jira did not confirm it, but it was read again, and it is done.'] };
  }
}

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
