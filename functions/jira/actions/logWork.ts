import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { id } from '../../../shared/schema/meaning.ts';
import { resolveSince, sinceText } from '../../../shared/time/inputs.ts';
import { clockAt } from '../../../shared/time/timeZone.ts';
import { isByZone } from '../../../shared/time/when.ts';
import { durationOf } from '../api/duration.ts';
import { issueKey, markdown } from '../api/inputs.ts';
import { toWrittenIssue, writtenIssue } from '../api/issueRow.ts';
import type { Jira } from '../api/jira.ts';
import { writes } from '../needs.ts';
import { jira } from '../system.ts';

const timeSpent = z
  .string()
  .max(64)
  .trim()
  .transform((text, context) => {
    const duration = durationOf(text);
    if (duration !== undefined && /[1-9]/.test(duration)) return duration;
    const message = 'It must be a time above zero with its units, such as 1h 30m, 45m or 2d.';
    context.issues.push({ code: 'custom', message, input: text });
    return z.NEVER;
  });

/** Who says only how long they worked has just done so: nobody has worked for more than a week without a break. */
const MOST_MINUTES = 7 * 24 * 60;

/** @throws Failure `invalid_input` for more than a week, of which nobody knows when it began */
function startOf(minutes: number, now: Date): Date {
  if (minutes <= MOST_MINUTES) return new Date(now.getTime() - minutes * 60_000);
  const message =
    'It is more than a week without a break. Say in startedAt when the work started, or correct the time.';
  throw invalidInput([{ field: 'timeSpent', message }]);
}

/** Jira keeps the time of whoever writes the entry, which need not be the user. */
const ownTime = (by: string | undefined, { isCallers }: Pick<Jira, 'isCallers'>) =>
  by === undefined || isCallers ? [] : [`Jira has it as the time of ${by}, and so does listWorklogs: tell the user.`];

export default jira.action({
  name: 'logWork',
  formerly: { inputs: { since: 'startedAt' } },
  toolset: 'jira',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  // How many hours a day has, the site tells who may see people.
  needs: writes({ permissions: ['WORK_ON_ISSUES'], scopes: ['read:jira-user'] }),
  title: 'Log work on an issue',
  description:
    'Logs work on a Jira issue, and returns the entry and the total time spent. ' +
    "Use it when the user says how long they worked on a known issue. It is logged for the account signed in to Jira; where that is somebody else's, name the person in the comment. " +
    'To leave a note without logging time use addComment.',
  input: z.object({
    issueKey,
    timeSpent: timeSpent.describe(
      'The time worked, such as 1h 30m, 45m or 2d, in weeks (w), days (d), hours (h) and minutes (m).',
    ),
    startedAt: sinceText
      .optional()
      .describe(
        'When the work started: a day, a date-time, or a span back from now such as 2h. By default now minus the time spent.',
      ),
    comment: markdown.optional().describe('What was done, in Markdown.'),
  }),
  output: writtenIssue.pick({ issueKey: true, title: true, status: true, note: true, url: true }).extend({
    worklogId: id('The ID of the new work log entry.'),
    timeSpent: z.string().describe('The logged time, as Jira formats it.'),
    startedAt: z.string().describe('When the work started, ISO 8601.'),
    by: z.string().optional().describe('In whose name Jira has it: the account signed in to Jira.'),
    totalTimeSpent: z.string().optional().describe('The total time spent on the issue.'),
    remainingEstimate: z.string().optional().describe('The estimate of what remains.'),
  }),
  // A text may mention twenty people, and each is looked up.
  requests: 60,
  example: { issueKey: 'ATLAS-12', timeSpent: '1h 30m' },
  async run({ issueKey, timeSpent, startedAt, comment }, { jira, now }) {
    const started =
      startedAt === undefined
        ? startOf(await jira.minutesOf(timeSpent), now)
        : await resolveSince(startedAt, { now, timeZone: jira.timeZone }, 'startedAt');
    const { worklog, issue } = await jira.logWork(issueKey, { timeSpent, started, comment });
    const by = worklog.author?.displayName ?? undefined;
    return {
      ...toWrittenIssue(issue, jira.browseUrl, [...ownTime(by, jira), ...jira.people.notes]),
      worklogId: worklog.id,
      timeSpent: worklog.timeSpent,
      // A day begins at another date in UTC.
      startedAt: isByZone(startedAt) ? clockAt(started, await jira.timeZone()) : started.toISOString(),
      by,
      totalTimeSpent: issue.timeSpent,
      remainingEstimate: issue.remainingEstimate,
    };
  },
});
