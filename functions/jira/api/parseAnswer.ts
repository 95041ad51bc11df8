import type * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { garbled } from './client.ts';

/** What is used of an answer of Jira's. @throws Failure `upstream_error` when it is not what Jira's documents say. */
export function parseAnswer<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return data;
  throw garbled(new Failure('upstream_error', error.issues.map(issue => issue.path.join('.')).join(' ')));
}
