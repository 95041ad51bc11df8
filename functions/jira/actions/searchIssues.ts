import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { columns, orderBy } from '../../../shared/filter/inputs.ts';
import { pace } from '../../../shared/pace.ts';
import { adfToMarkdown } from '../api/adf/adfToMarkdown.ts';
import { filterInputs } from '../api/filter/filterInputs.ts';
import { issueColumns, issueOrder } from '../api/filter/issueFilter.ts';
import { issuesMeant } from '../api/filter/issuesMeant.ts';
import { fieldsOfRow, shownIssue, toShownIssue } from '../api/filter/shownIssue.ts';
import { MAX_MARKDOWN } from '../api/issueDetails.ts';
import { reads, whereNamed } from '../needs.ts';
import { jira } from '../system.ts';

const input = z.object({
  ...filterInputs,
  columns: columns.optional().describe('Fields to show in place of the main ones, such as Severity,Reviewer.'),
  orderBy: orderBy
    .optional()
    .describe(
      'The field to sort by, with asc or desc behind it where wanted: due, priority, created, rank or any other.',
    ),
});

export default jira.action({
  name: 'searchIssues',
  formerly: { inputs: { since: 'updatedSince', before: 'dueBefore' } },
  toolset: 'jira',
  core: true,
  access: 'read',
  needs: reads(whereNamed),
  title: 'Search issues',
  description:
    'Finds Jira issues by filters on any of their fields, or by JQL, and returns their main fields or the columns asked for, the last updated first. ' +
    "Use it when the keys are not known; with assignee me it lists the user's own work. Give at least one filter. " +
    'For one issue in full use getIssue; for what happened use getProjectUpdates; for numbers alone getProjectSummary.',
  input,
  output: z.object({
    issues: z
      .array(shownIssue)
      .describe('The issues, the last updated first unless orderBy or the JQL says otherwise.'),
  }),
  example: { projectId: 'ATLAS', status: 'In Progress' },
  paged: true,
  async run({ columns: labels, orderBy: order, ...filters }, { jira, signal, now, page: { limit, cursor } }) {
    const site = { jira };
    const meant = await issuesMeant(filters, { jira, now }, { orderBy: order });
    const [shown, ordered] = await Promise.all([
      issueColumns(labels, filters.projectId, site),
      filters.jql === undefined ? issueOrder(order, filters.projectId, site) : undefined,
    ]);
    const search = () =>
      jira.search({
        jql: meant.jql(ordered),
        fields: [...new Set([...fieldsOfRow(shown), ...meant.fields])],
        limit,
        cursor,
      });
    const { issues, nextCursor } = await meant.checked(
      search,
      answer => answer.issues.length === 0 && cursor === undefined,
    );
    const found = issues.filter(meant.passes);
    const budget = { left: MAX_MARKDOWN };
    const pause = pace(signal);
    const render = async (document: unknown) => {
      await pause();
      return adfToMarkdown(document, budget);
    };
    const items = [];
    for (const issue of found) items.push(await toShownIssue(issue, shown, { browseUrl: jira.browseUrl, render }));
    // In the order of their updates, the first that was updated too early is the end.
    const isOver = order === undefined && found.length < issues.length && meant.isCutByUpdate;
    return page({ items, nextCursor: isOver ? undefined : nextCursor, answer: part => ({ issues: part }) });
  },
});
