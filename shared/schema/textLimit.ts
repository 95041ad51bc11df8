import * as z from 'zod';
import { innerOf } from './meaning.ts';

/** Characters of a name, a key, an ID, a date or another short text: what an input takes that says nothing else. */
export const SHORT_TEXT = 255;
/** Characters of a list of names, separated by commas. */
export const LIST_TEXT = 4_000;
/** Characters of what this service gives out itself and takes back, such as a page token. */
export const TOKEN_TEXT = 8_000;
/** Characters of what a file holds, as text or in base64: what else a call has fits into the rest of its body. */
export const FILE_TEXT = 960_000;
/** Characters of the fields of a write, as JSON. */
export const FIELDS_TEXT = 100_000;

/**
 * The most characters of an input. The pipeline refuses what is longer before anything else looks at it, so that no
 * transformation or check of an input has to reckon with more.
 */
export function textLimit(schema: z.core.$ZodType): number {
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return schema.maxLength ?? SHORT_TEXT;
  const inner = innerOf(schema);
  return inner ? textLimit(inner) : SHORT_TEXT;
}
