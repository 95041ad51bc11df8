import * as z from 'zod';

/** What an answer leaves out because Salesforce hides it from the user of the call. What a policy closes is not in it. */
export interface NotShown {
  notShown?: string[];
}

/** The output for it. */
export const notShown = z
  .array(z.string())
  .optional()
  .describe('What is left out because this service may not see it.');
