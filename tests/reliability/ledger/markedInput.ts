import * as z from 'zod';
import type { Action } from '../../../shared/action/defineAction.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import type { Input } from '../callAction.ts';

/** Inputs that a caller may write anything into, by which a write is told from all others. */
const texts = ['summary', 'comment', 'subject', 'description', 'message'] as const;

/** An action's example with a mark in what it writes; undefined where it writes no text of the caller's. */
export function markedInput(
  { input, example }: Action,
  mark: string,
  names: readonly string[] = texts,
): Input | undefined {
  const text = names.find(name => name in input.shape);
  if (text !== undefined) return { ...example, [text]: mark };
  const [first, ...others] = z.array(z.unknown()).safeParse(parseJson(String(example.records ?? ''))).data ?? [];
  const record = withMark(first, mark);
  if (record) return { ...example, records: JSON.stringify([record, ...others]) };
  const fields = withMark(parseJson(String(example.fields ?? '')), mark);
  return fields && { ...example, fields: JSON.stringify(fields) };
}

/** An object with a mark for its first text; undefined for what has none. */
function withMark(value: unknown, mark: string): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const name = Object.entries(value).find(([, each]) => typeof each === 'string')?.[0];
  return name === undefined ? undefined : { ...value, [name]: mark };
}

/** An input that nothing was called with before: an equal write is answered from the ledger, or refused where it is unknown. */
export function freshInput(action: Action, mark: string): Input {
  // What else may be written anew; a sprint that is created is told from others by its name.
  const input = markedInput(action, mark, [...texts, 'goal']) ?? action.example;
  return { ...input, ...('repeat' in action.input.shape && { repeat: true }) };
}
