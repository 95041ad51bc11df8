import * as z from 'zod';
import { heading, key, link } from '../../../shared/schema/meaning.ts';
import type { Issue } from './issue.ts';

/** The main fields of an issue, as rows of a list have them. */
export const issueRow = z.object({
  issueKey: key('The key of the issue, such as ABC-12.'),
  title: heading('The summary of the issue.').optional(),
  type: z.string().optional().describe('The type of the issue, such as Bug.'),
  status: z.string().optional().describe('Its current status.'),
  resolution: z.string().optional().describe('Its resolution; absent while it is open.'),
  assignee: z.string().optional().describe('The name of its assignee; absent when it is unassigned.'),
  priority: z.string().optional().describe('Its priority.'),
  labels: z.array(z.string()).optional().describe('Its labels.'),
  dueDate: z.string().optional().describe('Its due date, such as 2026-11-30.'),
  parentKey: key('The key of its parent issue, such as its epic.').optional(),
  updatedAt: z.string().optional().describe("When it was last changed, ISO 8601, by the asking user's clock."),
  url: link('The address of the issue in the browser.'),
});

/** What every write returns: the updated issue. */
export const writtenIssue = issueRow.extend({
  note: z
    .string()
    .optional()
    .describe(
      'What the user should know: that someone mentioned was not notified, or that the updated issue could not be read.',
    ),
});

/** Who may read a comment, where Jira tells. */
export const commentAudience = z
  .enum(['public', 'internal'])
  .optional()
  .describe('In a service project: public when the customer can read it, internal when only agents can.');

/** How many comments a reader is not shown. */
export const notShown = z
  .int()
  .optional()
  .describe('How many comments are left out because they are restricted to a role or group.');

export type IssueRow = z.infer<typeof issueRow>;

/** The fields that a row is made of. */
export const issueRowFields = [
  'summary',
  'issuetype',
  'status',
  'resolution',
  'assignee',
  'priority',
  'labels',
  'duedate',
  'parent',
  'updated',
];

export function toIssueRow(issue: Issue, browseUrl: (issueKey: string) => string): IssueRow {
  return {
    issueKey: issue.key,
    title: issue.summary,
    type: issue.type,
    status: issue.status,
    resolution: issue.resolution,
    assignee: issue.assignee,
    priority: issue.priority,
    labels: ifAny(issue.labels),
    dueDate: issue.dueDate,
    parentKey: issue.parent?.key,
    updatedAt: issue.updatedAt?.toISOString(),
    url: browseUrl(issue.key),
  };
}

/** A list, or undefined for an empty one, which an answer leaves out. */
export function ifAny<Item>(items: Item[]): Item[] | undefined {
  return items.length > 0 ? items : undefined;
}

/** What a write says of an issue that it could not read. */
export const notRead = 'The change was made, but the updated issue could not be read. Use getIssue to see it.';

/** The answer of a write. */
export function toWrittenIssue(
  issue: Issue,
  browseUrl: (issueKey: string) => string,
  notes: readonly string[] = [],
): z.infer<typeof writtenIssue> {
  const told = [...notes, ...(issue.isUnread ? [notRead] : [])];
  return { ...toIssueRow(issue, browseUrl), ...(told.length > 0 && { note: told.join(' ') }) };
}
