import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { pace } from '../../../shared/pace.ts';
import { heading, key, link, summary } from '../../../shared/schema/meaning.ts';
import { resolveSince, resolveUntil, sinceText } from '../../../shared/time/inputs.ts';
import { shownPeriod } from '../../../shared/time/shown.ts';
import { type Change, changeSchema, changesBetween, wasCut } from '../api/changes.ts';
import { projectId } from '../api/inputs.ts';
import { notShown } from '../api/issueRow.ts';
import { inProject, jql, minutesAgo } from '../api/jql.ts';
import { reads } from '../needs.ts';
import { jira } from '../system.ts';

const update = z.object({
  issueKey: key('The key of the issue, such as ABC-12.'),
  title: heading('The summary of the issue.'),
  type: z.string().optional().describe('The type of the issue, such as Bug.'),
  status: z.string().optional().describe('Its current status.'),
  assignee: z.string().optional().describe('The name of its current assignee.'),
  priority: z.string().optional().describe('Its current priority.'),
  updatedAt: z.string().describe("When it was last changed, ISO 8601, by the asking user's clock."),
  url: link('The address of the issue in the browser.'),
  changes: z.array(changeSchema).describe('Its changes since then, newest first.'),
  notShown,
  moreChanges: z
    .boolean()
    .optional()
    .describe('True when Jira left out some of its changes or comments: use getIssueHistory and listComments.'),
});

const fields = [
  'summary',
  'issuetype',
  'status',
  'assignee',
  'priority',
  'creator',
  'created',
  'updated',
  'project',
  'comment',
];

/**
 * Extra minutes at the start of the window that Jira is asked for. The query must be the same for all pages, but it
 * names the window relative to now. These cover the time that a page token is valid; issues that were updated before
 * `since` are left out here.
 */
const SLACK_MINUTES = 61;

export default jira.action({
  name: 'getProjectUpdates',
  toolset: 'jira',
  core: true,
  access: 'read',
  needs: reads(),
  title: 'Get project updates',
  description:
    'Lists what changed lately in a Jira project: of each updated issue its status changes, edits and comments, with who and when, newest first. ' +
    'Use it when the user asks what moved, is new or happened in a project. ' +
    'For issues by their current state use searchIssues; for one issue getIssueHistory.',
  input: z.object({
    projectId,
    since: sinceText
      .default('7d')
      .describe(
        'The start of the period: a day (2026-11-15, today, yesterday), a date-time (2026-11-15T09:00:00Z), or a span back from now (24h, 7d, 2w). 7d unless given.',
      ),
    until: sinceText
      .optional()
      .describe('The end of the period, in the same forms; a day counts to its end. Now unless given.'),
  }),
  output: z.object({
    project: z
      .object({
        key: z.string().describe('The key of the project.'),
        name: heading('The name of the project.'),
      })
      .describe('The project.'),
    since: z.string().describe("The start of the period, ISO 8601, by the asking user's clock."),
    until: z
      .string()
      .optional()
      .describe("The end of the period, where one was given, ISO 8601, by the asking user's clock."),
    summary: summary('Sums up the updates in this answer.'),
    updates: z.array(update).describe('The updated issues, the last updated first.'),
  }),
  example: { projectId: 'ATLAS', since: '7d' },
  paged: true,
  async run(
    { projectId, since: sinceInput, until: untilInput },
    { jira, now, signal, page: { limit, cursor, isFirst } },
  ) {
    const clock = { now, timeZone: jira.timeZone };
    const since = await resolveSince(sinceInput, clock);
    const until = untilInput === undefined ? undefined : await resolveUntil(untilInput, since, clock);
    const minutes = (now.getTime() - since.getTime()) / 60_000 + SLACK_MINUTES;
    const { issues, nextCursor } = await jira.search({
      jql: jql`${inProject(projectId)} AND updated >= ${minutesAgo(minutes)} ORDER BY updated DESC, key DESC`,
      fields,
      limit,
      cursor,
      withChangelog: true,
    });
    const found = issues[0]?.project ?? (await jira.getProject(projectId));
    const pause = pace(signal);
    const updates: z.infer<typeof update>[] = [];
    // The last updated come first, so after one from before the period there are no others.
    let isPast = false;
    for (const issue of issues) {
      await pause();
      const { key: issueKey, summary, type, status, assignee, priority, updatedAt = new Date(0) } = issue;
      if (updatedAt < since) {
        isPast = true;
        continue;
      }
      const changes = await changesBetween(issue, since, until, pause);
      // What was changed after the period only is none of its issues.
      if (until && updatedAt > until && changes.length === 0) continue;
      updates.push({
        issueKey,
        title: summary ?? '',
        type,
        status,
        assignee,
        priority,
        updatedAt: updatedAt.toISOString(),
        url: jira.browseUrl(issueKey),
        changes,
        notShown: issue.comments.restricted.filter(at => at >= since && (!until || at <= until)).length || undefined,
        ...(wasCut(issue) && { moreChanges: true }),
      });
    }
    const period = await shownPeriod(sinceInput, untilInput, clock);
    return page({
      items: updates,
      nextCursor: isPast ? undefined : nextCursor,
      answer: (shown, more) => ({
        project: { key: found.key, name: found.name },
        since: since.toISOString(),
        until: until?.toISOString(),
        summary: summarize(shown, { name: found.name, period, isFirst, more }),
        updates: shown,
      }),
    });
  },
});

/** `7 issues changed since 15 Nov 2026: 2 moved to Done, 1 created, 4 comments.` */
function summarize(
  updates: readonly { issueKey: string; moreChanges?: boolean | undefined; changes: Change[] }[],
  { name, period, isFirst, more }: { name: string; period: string; isFirst: boolean; more: boolean },
): string {
  if (updates.length === 0)
    return isFirst ? `Nothing changed in ${name} ${period}.` : `Nothing more changed in ${name} ${period}.`;

  const moves = new Map<string, number>();
  let created = 0;
  let comments = 0;
  for (const { changes } of updates) {
    // Changes are newest first: only the last status of an issue is counted, not those before it.
    const status = changes.find(change => change.field === 'status')?.to;
    if (status) moves.set(status, (moves.get(status) ?? 0) + 1);
    created += changes.filter(change => change.field === 'created').length;
    comments += changes.filter(change => change.field === 'comment').length;
  }
  const parts = [...moves]
    .sort(([, one], [, other]) => other - one)
    .map(([status, count]) => `${count} moved to ${status}`);
  if (created > 0) parts.push(`${created} created`);
  if (comments > 0) parts.push(counted(comments, 'comment'));

  const subject = `${counted(updates.length, isFirst ? 'issue' : 'more issue')}${more ? ' on this page' : ''} changed ${period}`;
  const cut = updates.filter(({ moreChanges }) => moreChanges).map(({ issueKey }) => issueKey);
  const lacking =
    cut.length > 0
      ? ` Jira gave only some of what happened to ${cut.join(', ')}: use listComments and getIssueHistory.`
      : '';
  return `${subject}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}${more ? '; more are on the next page' : ''}.${lacking}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
