import { invalidInput } from '../failure.ts';
import type { Action } from './defineAction.ts';
import { readInput } from './input.ts';
import { type Position, readPageToken, type TokenBinding } from './page.ts';

/** A planned action takes its inputs, or the token of a plan and nothing else. */
function schemaFor({ input, planned }: Action, raw: Record<string, unknown>): Action['input'] {
  if (!planned) return input;
  const { confirmationToken, ...others } = raw;
  if (!confirmationToken) return planned.input;
  const misplaced = Object.keys(others).filter(field => others[field] !== '' && others[field] !== null);
  if (misplaced.length === 0) return input;
  const message = 'Leave it out: with confirmationToken, what was planned is done, whatever else is given.';
  throw invalidInput(misplaced.map(field => ({ field, message })));
}

/** The inputs that the pipeline takes itself. */
interface PipelineInput {
  limit?: number;
  pageToken?: string;
  repeat?: boolean;
}

/** Parses an action's input and, for a list, where in it the answer starts. */
export async function readCall(
  action: Action,
  raw: Record<string, unknown>,
  startedAt: number,
  binding: (input: object) => Promise<TokenBinding>,
) {
  const { limit = 0, pageToken, repeat = false, ...input } = readInput(schemaFor(action, raw), raw) as PipelineInput;
  if (!pageToken) return { input, limit, repeat, position: firstPage(limit, startedAt) };
  const position = readPageToken(pageToken, await binding(input), startedAt);
  // Half a page was answered: the rest is found by asking for that very page again. A new page may be of any size.
  return { input, limit, repeat, position: position.answered.length > 0 ? position : { ...position, limit } };
}

function firstPage(limit: number, startedAt: number): Position {
  return { cursor: undefined, answered: [], limit, startedAt };
}
