import * as z from 'zod';
import { id } from '../../../shared/schema/meaning.ts';
import { resolveSince, sinceText } from '../../../shared/time/inputs.ts';
import { issueKey, markdown } from '../api/inputs.ts';
import { toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import { jira } from '../system.ts';

const timeSpent = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^\d{1,4}(\.\d{1,2})?\s*[wdhm](\s*\d{1,4}(\.\d{1,2})?\s*[wdhm])*$/,
    'It must be a time such as 1h 30m, 45m or 2d.',
  )
  .transform(text => text.replace(/\s+/g, '').replace(/[wdhm](?=.)/g, '$& '))
  .refine(text => /[1-9]/.test(text), 'It must be more than zero.');

export default jira.action({
  name: 'logWork',
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  title: 'Log work on an issue',
  description:
    'Logs work on a Jira issue, and returns the updated issue with its total time spent. ' +
    'Use it when the user says how long they worked on a known issue. Work is logged under the account of this service, so name the person in the comment. ' +
    'To leave a note without logging time use addComment.',
  input: z.object({
    issueKey,
    timeSpent: timeSpent.describe(
      'The time worked, such as 1h 30m, 45m or 2d, in weeks (w), days (d), hours (h) and minutes (m).',
    ),
    since: sinceText
      .optional()
      .describe('When the work started: a date, a date-time, or a span back from now such as 2h. Now unless given.'),
    comment: markdown.optional().describe('What was done, in Markdown.'),
  }),
  output: writtenIssue.extend({
    worklogId: id('The ID of the new work log entry.'),
    timeSpent: z.string().describe('The logged time, as Jira formats it.'),
    totalTimeSpent: z.string().optional().describe('The total time spent on the issue.'),
  }),
  // A text may mention twenty people, and each is looked up.
  requests: 60,
  example: { issueKey: 'ATLAS-12', timeSpent: '1h 30m' },
  async run({ issueKey, timeSpent, since, comment }, { jira, now }) {
    const started = since === undefined ? now : await resolveSince(since, { now, timeZone: jira.timeZone });
    const { worklog, issue } = await jira.logWork(issueKey, { timeSpent, started, comment });
    return {
      ...toWrittenIssue(issue, jira.browseUrl),
      worklogId: worklog.id,
      timeSpent: worklog.timeSpent,
      totalTimeSpent: issue.timeSpent,
    };
  },
});
