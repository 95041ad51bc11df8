import * as z from 'zod';
import { type FailureCode, failureCodes } from '../failure.ts';

/** The form of what problem.ts makes, as the platforms are told it. */
const codes = Object.keys(failureCodes) as FailureCode[];

const status = z.int().describe('The HTTP status that stands for it.');

const common = {
  code: z.enum(codes).describe('What kind of failure it is, in one word.'),
  retryable: z.boolean().describe('True when the same call may succeed later.'),
  retryAfterSeconds: z.number().optional().describe('How many seconds to wait before trying again.'),
  errors: z
    .array(
      z.object({
        field: z.string().describe('The name of the input.'),
        message: z.string().describe('What is wrong with it, and what it must be.'),
      }),
    )
    .optional()
    .describe('What is wrong with which input.'),
  correlationId: z
    .string()
    .meta({ description: 'What an administrator finds this call by in the log.', acronym: 'ID' }),
};

/** The body of an answer that is not 200: https://www.rfc-editor.org/rfc/rfc9457 */
export const problemSchema = z.object({
  type: z.string().describe('The kind of failure, as a URI.'),
  title: z.string().describe('The kind of failure, in words.'),
  status,
  detail: z.string().describe('What went wrong and what to do next, in a sentence.'),
  ...common,
});

/** What an answer that failed has under `error` when failures are to come inline. */
export const inlineErrorSchema = z.object({
  message: z.string().describe('What went wrong and what to do next, in a sentence.'),
  status,
  ...common,
});
