import * as z from 'zod';
import { link } from '../schema/meaning.ts';

/** What came of one thing that a planned action changes. */
export const itemOutcome = z.object({
  key: z.string().meta({ description: 'The key or ID of what is changed.', whole: true, identifier: true }),
  outcome: z
    .enum(['planned', 'done', 'notDone', 'notReached', 'unknown'])
    .describe('What came of it. notReached: it was not begun. unknown: it may or may not have been done.'),
  message: z.string().describe('What would be done or was done, or why not.'),
  partly: z.boolean().optional().describe('True when it was not done, but a part of it was.'),
  url: link('Its address in the browser.').optional(),
});

export type ItemOutcome = z.output<typeof itemOutcome>;
