import type * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { garbled } from './client.ts';

/** The parts of an answer of Jira that are used. @throws Failure `upstream_error` when it is not as documented */
export function parseAnswer<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return data;
  throw garbled(new Failure('upstream_error', error.issues.map(issue => issue.path.join('.')).join(' ')));
}
