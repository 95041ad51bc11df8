import * as z from 'zod';
import { heading, key, link } from '../../../shared/action/meaning.ts';
import type { Issue } from './wire.ts';

/** An issue in short: a row of a list. */
export const issueRow = z.object({
  issueKey: key('The key of the issue, such as ATLAS-12.'),
  title: heading('The summary line of the issue.').optional(),
  type: z.string().optional().describe('The type of the issue, such as Bug.'),
  status: z.string().optional().describe('The status it has now.'),
  resolution: z.string().optional().describe('How it was resolved; absent while it is open.'),
  assignee: z.string().optional().describe('Who it is assigned to; absent when it is assigned to nobody.'),
  priority: z.string().optional().describe('Its priority.'),
  labels: z.array(z.string()).optional().describe('Its labels.'),
  dueDate: z.string().optional().describe('The day it is due, such as 2026-11-30.'),
  parentKey: key('The key of the issue that it is a part of.').optional(),
  updatedAt: z.string().optional().describe('When it was last changed, ISO 8601 in UTC.'),
  url: link('Where to open the issue.'),
});

/** What every write answers with: the issue as it is then. */
export const writtenIssue = issueRow.extend({
  note: z
    .string()
    .optional()
    .describe('Says so when the change was made but how the issue is now could not be read; little else is told then.'),
});

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

export function toIssueRow({ key, fields }: Issue, browseUrl: (issueKey: string) => string): IssueRow {
  const { issuetype, status, resolution, assignee, priority, labels, duedate, parent, updated } = fields;
  return {
    issueKey: key,
    ...(fields.summary && { title: fields.summary }),
    ...(issuetype && { type: issuetype.name }),
    ...(status && { status: status.name }),
    ...(resolution && { resolution: resolution.name }),
    ...(assignee?.displayName && { assignee: assignee.displayName }),
    ...(priority && { priority: priority.name }),
    ...(labels && labels.length > 0 && { labels }),
    ...(duedate && { dueDate: duedate }),
    ...(parent && { parentKey: parent.key }),
    ...(updated && { updatedAt: updated }),
    url: browseUrl(key),
  };
}

/** The same after a write; an issue without any fields is one that could not be read back. */
export function toWrittenIssue(issue: Issue, browseUrl: (issueKey: string) => string): z.infer<typeof writtenIssue> {
  const isUnread = Object.keys(issue.fields).length === 0;
  return {
    ...toIssueRow(issue, browseUrl),
    ...(isUnread && {
      note: 'The change was made, but how the issue is now could not be read. Use getIssue to see it.',
    }),
  };
}
