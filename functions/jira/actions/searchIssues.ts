import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { Failure } from '../../../shared/failure.ts';
import { columns, type Order, orderBy } from '../../../shared/filter/inputs.ts';
import { pace } from '../../../shared/pace.ts';
import { shownMarkdown } from '../api/adf/adfToMarkdown.ts';
import { filterInputs, type GivenFilters } from '../api/filter/filterInputs.ts';
import { countIfPossible, findIssues } from '../api/filter/foundIssues.ts';
import { issueColumns, issueOrder } from '../api/filter/issueFilter.ts';
import { issuesMeant } from '../api/filter/issuesMeant.ts';
import type { SearchField } from '../api/filter/searchField.ts';
import {
  emptyColumns,
  fieldsOfRow,
  planningFields,
  pointsName,
  type RowFields,
  shownIssue,
  toShownIssue,
} from '../api/filter/shownIssue.ts';
import type { Issue } from '../api/issue.ts';
import { MAX_MARKDOWN } from '../api/issueDetails.ts';
import { ifAny } from '../api/issueRow.ts';
import type { Jira } from '../api/jira.ts';
import { reads, whereFiltered } from '../needs.ts';
import { jira } from '../system.ts';

const input = z.object({
  ...filterInputs,
  columns: columns.optional().describe('Fields to show in place of the main ones, such as Severity,Reviewer.'),
  orderBy: orderBy
    .optional()
    .describe(
      'A field to sort by, with asc or desc behind it where wanted: updated, created, priority, due, rank or any other.',
    ),
});

export default jira.action({
  name: 'searchIssues',
  formerly: { inputs: { since: 'updatedSince', before: 'dueBefore' } },
  toolset: 'jira',
  core: true,
  access: 'read',
  // On a good day: the fields, the values and people that are named, the boards of the next sprint, the issues, their histories, their number.
  requests: 60,
  needs: reads(whereFiltered),
  title: 'Search issues',
  description:
    'Finds Jira issues by filters on any of their fields, or by JQL, and tells how many there are. ' +
    "Use it when the keys are not known; with assignee me it lists the user's own work. " +
    'For one issue in full use getIssue; for what happened getProjectUpdates; for numbers alone countIssues or getProjectSummary.',
  input,
  output: z.object({
    issues: z
      .array(shownIssue)
      .describe('The issues, the last updated first unless orderBy, the filter or the JQL says otherwise.'),
    total: z
      .int()
      .optional()
      .describe(
        'How many there are in all. Where the list goes on it is a count of Jira, which may lag behind changes just made.',
      ),
    emptyColumns: z.array(z.string()).optional().describe('The columns that are empty in all of these issues.'),
    pointsField: z.string().optional().describe('What this site calls the points.'),
    note: z.string().optional().describe('What the user should know of how a filter was taken.'),
  }),
  example: { projectId: 'ATLAS', status: 'In Progress' },
  paged: true,
  async run({ columns: labels, orderBy: order, ...filters }, { jira, signal, now, page: { limit, cursor, isFirst } }) {
    const site = { jira };
    const [meant, shown] = await Promise.all([
      issuesMeant(filters, { jira, now }, { orderBy: order }),
      issueColumns(labels, filters.projectId, site),
    ]);
    const ordered =
      filters.jql === undefined ? await issueOrder(order ?? meant.order, filters.projectId, site) : undefined;
    const rowFields = {
      ...planningFields(shown.length > 0 ? [] : await fieldsIfReadable(jira)),
      moments: momentsIn(filters, order),
    };
    const isByUpdate = order === undefined && meant.order === undefined;
    const isBySpan = filters.statusUnchangedFor !== undefined;
    const found = await findIssues(
      meant,
      {
        jira,
        fields: [...fieldsOfRow(shown, rowFields), ...(isBySpan ? ['created'] : [])],
        order: ordered,
        isByUpdate,
      },
      { limit, cursor },
    );
    const total = isFirst ? (found.total ?? (await countIfPossible(meant, jira))) : undefined;
    const since = isBySpan ? await statusSince(found.issues, jira) : undefined;
    const budget = { left: MAX_MARKDOWN };
    const pause = pace(signal);
    const render = async (document: unknown) => {
      await pause();
      return shownMarkdown(document, budget);
    };
    const items = [];
    for (const issue of found.issues) {
      const row = await toShownIssue(issue, shown, { browseUrl: jira.browseUrl, render, rowFields });
      items.push({ ...row, ...(since && { statusSince: since(issue)?.toISOString() }) });
    }
    const goesOn = meant.isSparse && found.nextCursor !== undefined;
    const notes = [...meant.notes, ...(goesOn ? [`${found.read} linked issues were looked at so far.`] : [])];
    return page({
      items,
      nextCursor: found.nextCursor,
      cursorAfter: found.cursorAfter,
      answer: part => ({
        issues: part,
        total,
        emptyColumns: part.length > 0 ? ifAny(emptyColumns(shown, part)) : undefined,
        pointsField: pointsName(found.issues, rowFields),
        note: notes.join(' ') || undefined,
      }),
    });
  },
});

/** What the issues are filtered or sorted by, which a reader wants to see. */
function momentsIn({ createdSince, resolvedSince }: GivenFilters, order: readonly Order[] = []): RowFields['moments'] {
  const isSortedBy = (name: string) => order.some(({ label }) => label.toLowerCase() === name);
  return [
    ...(createdSince !== undefined || isSortedBy('created') ? (['created'] as const) : []),
    ...(resolvedSince !== undefined || isSortedBy('resolved') ? (['resolutiondate'] as const) : []),
  ];
}

/** When issues came into their statuses: by the last change of it, or as they were created. */
async function statusSince(issues: readonly Issue[], jira: Jira): Promise<(issue: Issue) => Date | undefined> {
  const ids = issues.flatMap(({ id }) => id ?? []);
  const { changes } = await jira.fieldChanges(ids, ['status']);
  return ({ id = '', createdAt }) => changes.get(id)?.at(-1)?.at ?? createdAt;
}

/** Where they cannot be read, rows are told without points and sprints. */
async function fieldsIfReadable(jira: Jira): Promise<SearchField[]> {
  try {
    return await jira.metadata.fields();
  } catch (error) {
    if (error instanceof Failure && (error.code === 'forbidden' || error.code === 'not_found')) return [];
    throw error;
  }
}
