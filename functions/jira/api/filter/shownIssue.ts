import * as z from 'zod';
import { heading } from '../../../../shared/schema/meaning.ts';
import type { Issue } from '../issue.ts';
import { type Render, textsOf } from '../issueDetails.ts';
import { type IssueRow, issueRow, issueRowFields, toIssueRow } from '../issueRow.ts';
import type { SearchField } from './searchField.ts';

/** An issue in a list, with the columns that were asked for. */
export const shownIssue = issueRow.extend({
  columns: z
    .array(
      z.object({
        name: heading('The name of the field.'),
        value: z.string().describe('Its value, as text or Markdown.'),
      }),
    )
    .optional()
    .describe('The fields that were asked for in columns and have no place of their own here.'),
});

export type ShownIssue = z.infer<typeof shownIssue>;

/** The places in a row of the fields that have one. */
const places: Readonly<Record<string, keyof IssueRow>> = {
  issuetype: 'type',
  status: 'status',
  resolution: 'resolution',
  assignee: 'assignee',
  priority: 'priority',
  labels: 'labels',
  duedate: 'dueDate',
  parent: 'parentKey',
  updated: 'updatedAt',
};

/** What every row has, whatever is asked for. */
const always: readonly (keyof IssueRow)[] = ['issueKey', 'title', 'status', 'url'];

/** The fields to ask Jira for. */
export function fieldsOfRow(columns: readonly SearchField[]): string[] {
  return columns.length === 0 ? issueRowFields : ['summary', 'status', ...columns.map(({ id }) => id)];
}

/** The main fields of an issue; with columns, those in their place, and its key, title, status and address. */
export async function toShownIssue(
  issue: Issue,
  columns: readonly SearchField[],
  { browseUrl, render }: { browseUrl: (issueKey: string) => string; render: Render },
): Promise<ShownIssue> {
  const row = toIssueRow(issue, browseUrl);
  if (columns.length === 0) return row;
  const placed = new Set<string>([...always, ...columns.flatMap(({ id }) => places[id] ?? [])]);
  const shown = await textsOf(
    issue,
    columns.filter(({ id }) => !Object.hasOwn(places, id)),
    render,
  );
  return {
    ...Object.fromEntries(Object.entries(row).filter(([name]) => placed.has(name))),
    issueKey: row.issueKey,
    url: row.url,
    ...(shown.length > 0 && { columns: shown }),
  };
}
