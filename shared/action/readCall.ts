import { invalidInput } from '../failure.ts';
import type { Action } from './defineAction.ts';
import { renamed } from './formerNames.ts';
import { readInput } from './input.ts';
import { noneAnswered, type Position } from './page.ts';
import { readPageToken, type TokenBinding } from './pageToken.ts';

/** A planned action takes its inputs, or the token of a plan and nothing else. What is empty counts as not given. */
function readGiven({ input, planned }: Action, raw: Record<string, unknown>): Record<string, unknown> {
  if (!planned) return readInput(input, raw);
  const { confirmationToken, ...others } = raw;
  if (isEmpty(confirmationToken)) return readInput(planned.input, others);
  // Each site has plans of its own.
  const isSite = (field: string) => field === 'site' && field in input.shape;
  const misplaced = Object.keys(others).filter(field => !isEmpty(others[field]) && !isSite(field));
  if (misplaced.length === 0) return readInput(input, raw);
  const message = 'Leave it out: with confirmationToken, what was planned is done, whatever else is given.';
  throw invalidInput(misplaced.map(field => ({ field, message })));
}

const isEmpty = (value: unknown) => value === '' || value === null || value === undefined;

/** The inputs that the pipeline takes itself. */
interface PipelineInput {
  limit?: number;
  pageToken?: string;
  repeat?: boolean;
}

/**
 * An upstream is asked for no more items at a time than may have room in an answer, at these many bytes each. A page token
 * names each item of a page that was answered, and would otherwise leave no room for another one.
 */
const ITEM_BYTES = 64;

/** Parses an action's input and, for a list, where in it the answer starts. */
export async function readCall(
  action: Action,
  raw: Record<string, unknown>,
  { startedAt, maxBytes }: { startedAt: number; maxBytes: number },
  binding: (input: object) => Promise<TokenBinding>,
) {
  const given = renamed(raw, action.formerly?.inputs);
  const { limit = 0, pageToken, ...others } = readGiven(action, given) as PipelineInput;
  const { repeat = false, ...rest } = others;
  // What it has done before is a part of what a planned action shows.
  const input = action.planned ? others : rest;
  const pageLimit = Math.min(limit, Math.floor(maxBytes / ITEM_BYTES));
  if (!pageToken) return { input, limit, repeat, position: firstPage(pageLimit, startedAt) };
  const position = readPageToken(pageToken, await binding(input), startedAt);
  // Half a page was answered: the rest is found by asking for that very page again. A new page may be of any size.
  return {
    input,
    limit,
    repeat,
    position: position.answered.prints.length > 0 ? position : { ...position, limit: pageLimit },
  };
}

function firstPage(limit: number, startedAt: number): Position {
  return { cursor: undefined, answered: noneAnswered, limit, startedAt };
}
