import * as z from 'zod';
import { heading, key, link, summary } from '../../../shared/action/meaning.ts';
import { page } from '../../../shared/action/page.ts';
import { dayOf, resolveSince, sinceText } from '../../../shared/action/since.ts';
import { type Change, changeSchema, changesSince, wasCut } from '../api/changes.ts';
import { projectId } from '../api/inputs.ts';
import { inProject, jql, minutesAgo } from '../api/jql.ts';
import { jira } from '../system.ts';

const update = z.object({
  issueKey: key('The key of the issue, such as ATLAS-12.'),
  title: heading('The summary line of the issue.'),
  type: z.string().optional().describe('The type of the issue, such as Bug.'),
  status: z.string().optional().describe('The status it has now.'),
  assignee: z.string().optional().describe('Who it is assigned to now.'),
  priority: z.string().optional().describe('The priority it has now.'),
  updatedAt: z.string().describe('When it was last changed, ISO 8601 in UTC.'),
  url: link('Where to open the issue.'),
  changes: z.array(changeSchema).describe('What changed since then, newest first.'),
  moreChanges: z.boolean().optional().describe('True when Jira left out some of its changes or comments.'),
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
 * Extra minutes at the far end of what Jira is asked for. The query must not change from page to page, while the window
 * that it names relative to now moves on: what falls out of it meanwhile is still inside these. They are as many as a
 * page token lives, and what they let in too early is left out here.
 */
const SLACK_MINUTES = 61;

export default jira.action({
  name: 'getProjectUpdates',
  toolset: 'jira',
  core: true,
  access: 'read',
  title: 'Get project updates',
  description:
    'Lists what changed lately in a Jira project: for each issue that changed, its status moves, edits and comments, with who and when, newest first, and a summary sentence. ' +
    'Use it when the user asks what moved, what is new or what happened in a project over some days. ' +
    'To find issues by what they are now use searchIssues; for the history of one issue use getIssueHistory.',
  input: z.object({
    projectId,
    since: sinceText
      .default('7d')
      .describe(
        'From when on: a date (2026-11-15), a date-time (2026-11-15T09:00:00Z), or a span back from now (24h, 7d, 2w). 7d unless given.',
      ),
  }),
  output: z.object({
    project: z
      .object({
        key: z.string().describe('The key of the project.'),
        name: heading('The name of the project.'),
      })
      .describe('The project that was asked about.'),
    since: z.string().describe('The start of the window, ISO 8601 in UTC.'),
    summary: summary('One sentence that sums up the updates in this answer.'),
    updates: z.array(update).describe('The issues that changed, the latest first.'),
  }),
  example: { projectId: 'ATLAS', since: '7d' },
  paged: true,
  async run({ projectId, since: sinceInput }, { jira, now, page: { limit, cursor, isFirst } }) {
    const since = resolveSince(sinceInput, now);
    const minutes = (now.getTime() - since.getTime()) / 60_000 + SLACK_MINUTES;
    const { issues, nextCursor } = await jira.searchChanges({
      jql: jql`${inProject(projectId)} AND updated >= ${minutesAgo(minutes)} ORDER BY updated DESC, key DESC`,
      fields,
      limit,
      cursor,
    });
    const found = issues[0]?.fields.project ?? (await jira.getProject(projectId));
    const updates = issues
      .map(issue => ({ issue, updated: new Date(issue.fields.updated ?? 0) }))
      .filter(({ updated }) => updated >= since)
      .map(({ issue, updated }) => ({
        issueKey: issue.key,
        title: issue.fields.summary ?? '',
        ...(issue.fields.issuetype && { type: issue.fields.issuetype.name }),
        ...(issue.fields.status && { status: issue.fields.status.name }),
        ...(issue.fields.assignee?.displayName && { assignee: issue.fields.assignee.displayName }),
        ...(issue.fields.priority && { priority: issue.fields.priority.name }),
        updatedAt: updated.toISOString(),
        url: jira.browseUrl(issue.key),
        changes: changesSince(issue, since),
        ...(wasCut(issue) && { moreChanges: true }),
      }));
    return page({
      items: updates,
      nextCursor: updates.length < issues.length ? undefined : nextCursor,
      answer: (shown, more) => ({
        project: { key: found.key, name: found.name },
        since: since.toISOString(),
        summary: summarize(shown, { name: found.name, since, isFirst, more }),
        updates: shown,
      }),
    });
  },
});

/** `7 issues changed since 15 Nov 2026: 2 moved to Done, 1 created, 4 comments.` */
function summarize(
  updates: readonly { changes: Change[] }[],
  { name, since, isFirst, more }: { name: string; since: Date; isFirst: boolean; more: boolean },
): string {
  const day = dayOf(since);
  if (updates.length === 0)
    return isFirst ? `Nothing changed in ${name} since ${day}.` : `Nothing more changed in ${name} since ${day}.`;

  const moves = new Map<string, number>();
  let created = 0;
  let comments = 0;
  for (const { changes } of updates) {
    // Changes are newest first: only where an issue ended up counts, not each status on its way.
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

  const subject = `${counted(updates.length, isFirst ? 'issue' : 'more issue')}${more ? ' on this page' : ''} changed since ${day}`;
  return `${subject}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}${more ? '; more are on the next page' : ''}.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
