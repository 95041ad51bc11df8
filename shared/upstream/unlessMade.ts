import { Failure } from '../failure.ts';

/** What a write made, and what is to be said of it. */
interface Made<Thing> {
  made: Thing;
  notes: string[];
}

/** With these nobody knows whether a write was made. */
const unsure = new Set(['upstream_timeout', 'upstream_error', 'internal']);

/**
 * Makes a write, and where its answer was lost looks whether it was made all the same.
 * @param title the upstream, as people call it
 * @param find what it was to make, where that is there now; it is asked once, and may fail
 * @throws Failure what the write failed with
 */
export async function unlessMade<Thing>(
  title: string,
  write: () => Promise<Thing>,
  find: () => Promise<Thing | undefined>,
): Promise<Made<Thing>> {
  try {
    return { made: await write(), notes: [] };
  } catch (error) {
    if (!(error instanceof Failure) || !unsure.has(error.code) || error.nothingDone) throw error;
    const made = await find().catch(() => undefined);
    if (made === undefined) throw error;
    return { made, notes: [`${title} did not confirm it, but it was read again, and it is done.`] };
  }
}
