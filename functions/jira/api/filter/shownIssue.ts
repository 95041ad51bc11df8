import * as z from 'zod';
import { heading } from '../../../../shared/schema/meaning.ts';
import { toText } from '../fieldText.ts';
import type { Issue } from '../issue.ts';
import { type Render, textsOf } from '../issueDetails.ts';
import { type IssueRow, ifAny, issueRow, issueRowFields, toIssueRow } from '../issueRow.ts';
import { estimates, type SearchField } from './searchField.ts';

/** An issue in a list, with the columns that were asked for. */
export const shownIssue = issueRow.extend({
  points: z.number().optional().describe('Its estimate in points.'),
  createdAt: z.string().optional().describe('When it was created, where that is asked for.'),
  resolvedAt: z.string().optional().describe('When it was resolved, where that is asked for.'),
  statusSince: z.string().optional().describe('When it came into its status, where statusUnchangedFor is given.'),
  components: z.array(z.string()).optional().describe('Its components.'),
  fixVersions: z.array(z.string()).optional().describe('Its fix versions.'),
  sprint: z.string().optional().describe('Its sprint; one that is over is marked so.'),
  links: z.array(z.string()).optional().describe('The issues it is linked to, such as: is blocked by ABC-12 (To Do).'),
  columns: z
    .array(
      z.object({
        name: heading('The name of the field.'),
        value: z.string().describe('Its value, as text or Markdown.'),
      }),
    )
    .optional()
    .describe(
      'The fields that were asked for in columns and have no place of their own here; one that is empty is left out.',
    ),
});

export type ShownIssue = z.infer<typeof shownIssue>;

/** The places in a row of the fields that have one. */
const places: Readonly<Record<string, keyof IssueRow>> = {
  issuekey: 'issueKey',
  summary: 'title',
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

/** The columns that none of the rows has a value in, by their labels. */
export function emptyColumns(columns: readonly SearchField[], rows: readonly ShownIssue[]): string[] {
  return columns
    .filter(({ id, label }) => {
      const place = places[id];
      return rows.every(row =>
        place === undefined ? !row.columns?.some(({ name }) => name === label) : row[place] === undefined,
      );
    })
    .map(({ label }) => label);
}

/** What every row has, whatever is asked for. */
const always: readonly (keyof IssueRow)[] = ['issueKey', 'title', 'status', 'url'];

/** The fields beside the main ones that a row tells. */
export interface RowFields {
  /** Those in which the site plans its issues. */
  points: readonly SearchField[];
  sprints: readonly SearchField[];
  /** Moments by which the issues are filtered or sorted. */
  moments: readonly ('created' | 'resolutiondate')[];
}

/** More would be those of single projects. */
const MAX_PLANNING_FIELDS = 5;

export function planningFields(fields: readonly SearchField[]): Pick<RowFields, 'points' | 'sprints'> {
  return {
    points: estimates(fields)
      .filter(({ kind }) => kind === 'number')
      .slice(0, MAX_PLANNING_FIELDS),
    sprints: fields.filter(({ kind }) => kind === 'sprint').slice(0, MAX_PLANNING_FIELDS),
  };
}

/** The fields to ask Jira for. */
export function fieldsOfRow(columns: readonly SearchField[], { points, sprints, moments }: RowFields): string[] {
  if (columns.length > 0) return ['summary', 'status', ...columns.map(({ id }) => id)];
  return [
    ...issueRowFields,
    'components',
    'fixVersions',
    'issuelinks',
    ...moments,
    ...[...points, ...sprints].map(({ id }) => id),
  ];
}

/** The main fields of an issue; with columns, those in their place, and its key, title, status and address. */
export async function toShownIssue(
  issue: Issue,
  columns: readonly SearchField[],
  { browseUrl, render, rowFields }: { browseUrl(issueKey: string): string; render: Render; rowFields: RowFields },
): Promise<ShownIssue> {
  const row = toIssueRow(issue, browseUrl);
  if (columns.length === 0) return { ...row, ...plan(issue, rowFields) };
  const placed = new Set<string>([...always, ...columns.flatMap(({ id }) => places[id] ?? [])]);
  const others = columns.filter(({ id }) => places[id] === undefined);
  const shown = (await textsOf(issue, others, render)).map(({ name, value }) => ({ name, value }));
  return {
    ...Object.fromEntries(Object.entries(row).filter(([name]) => placed.has(name))),
    issueKey: row.issueKey,
    url: row.url,
    ...(shown.length > 0 && { columns: shown }),
  };
}

function plan(issue: Issue, { points, sprints, moments }: RowFields): Omit<ShownIssue, keyof IssueRow> {
  const estimated = points.flatMap(({ id, label }) => {
    const value = issue.values[id];
    return typeof value === 'number' ? [{ label, value }] : [];
  });
  const values = new Set(estimated.map(({ value }) => value));
  const [only] = values;
  return {
    ...(values.size === 1 && only !== undefined && { points: only }),
    // Where the site has several fields of points, and they differ, which one counts is for the reader to say.
    ...(values.size > 1 && { columns: estimated.map(({ label, value }) => ({ name: label, value: String(value) })) }),
    ...(moments.includes('created') && { createdAt: issue.createdAt?.toISOString() }),
    ...(moments.includes('resolutiondate') && { resolvedAt: issue.resolvedAt?.toISOString() }),
    components: ifAny(issue.components),
    fixVersions: ifAny(issue.fixVersions),
    sprint: sprints.map(({ id }) => sprintText(issue.values[id])).find(Boolean),
    links: linkTexts(issue),
  };
}

const sprint = z.array(z.object({ name: z.string(), state: z.string() }));

/** The sprint that an issue is in or will be in; of one that has none any more, the last that it was in. */
function sprintText(value: unknown): string | undefined {
  const { data } = sprint.safeParse(value);
  if (!data) return toText(value) || undefined;
  const open = data.filter(({ state }) => state !== 'closed').map(({ name }) => name);
  if (open.length > 0) return open.join(', ');
  const last = data.at(-1);
  return last && `${last.name} (closed)`;
}

const MAX_LINKS = 10;

function linkTexts({ links }: Issue): string[] | undefined {
  const texts = links
    .slice(0, MAX_LINKS)
    .map(({ phrase, issue: { key, status } }) => `${phrase} ${key}${status ? ` (${status})` : ''}`);
  return ifAny(links.length > MAX_LINKS ? [...texts, `and ${links.length - MAX_LINKS} others`] : texts);
}

/** What the points in these issues are called. */
export function pointsName(issues: readonly Issue[], { points }: Pick<RowFields, 'points'>): string | undefined {
  const used = points.filter(({ id }) => issues.some(issue => typeof issue.values[id] === 'number'));
  return used.length > 0 ? [...new Set(used.map(({ label }) => label))].join(', ') : undefined;
}
