import * as z from 'zod';
import { Failure } from '../../shared/failure.ts';

const portSchema = z.coerce.number().int().min(0).max(65_535);

/** The port to serve on: 7071, as Core Tools has it, unless told otherwise; 0 is any free one. */
export function parsePort(text = '7071'): number {
  const { success, data } = portSchema.safeParse(text);
  if (!success) throw new Failure('misconfigured', `"${text}" is not a port. Give a whole number up to 65535.`);
  return data;
}
