import * as z from 'zod';
import { key } from '../../../shared/schema/meaning.ts';
import { quoted } from '../../../shared/text.ts';
import type { PlacedIssue } from './backlog.ts';

/** What came of an issue that was to be moved or ranked. */
export const placedIssue = z.object({
  issueKey: key('The key of the issue.'),
  outcome: z
    .enum(['done', 'notDone', 'notReached', 'unknown'])
    .describe('What came of it. unknown: it may or may not have been done.'),
  from: z.string().optional().describe('The sprint that it was in, or backlog.'),
  message: z.string().optional().describe('Why not, or that it was so already.'),
});

/** How many of the issues were done, in a sentence, and what is to be done about the others. */
export function placedSummary(issues: readonly PlacedIssue[], done: string): string {
  const count = issues.filter(({ outcome }) => outcome === 'done').length;
  if (count === issues.length)
    return `${count === 1 ? `${issues[0]?.issueKey} is` : `All ${count} issues are`} ${done}.`;
  return `${count} of ${issues.length} issues are ${done}; what came of each is told below.`;
}

export const inSprint = (name: string) => `in ${quoted(name)}`;
