import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { anyName, columns, missing, orderBy, where } from '../../../shared/filter/inputs.ts';
import { momentsAt } from '../../../shared/filter/moments.ts';
import { pace } from '../../../shared/pace.ts';
import { dayText, resolveDay, resolveSince, sinceText } from '../../../shared/time/inputs.ts';
import { adfToMarkdown } from '../api/adf/adfToMarkdown.ts';
import { issueColumns, issueOrder, issueQuery, unknownPerson, wrongValues } from '../api/filter/issueFilter.ts';
import { fieldsOfRow, shownIssue, toShownIssue } from '../api/filter/shownIssue.ts';
import { projectId, shortText } from '../api/inputs.ts';
import { MAX_MARKDOWN } from '../api/issueDetails.ts';
import { allOf, jql, rawJql } from '../api/jql.ts';
import { reads, whereNamed } from '../needs.ts';
import { jira } from '../system.ts';

const input = z.object({
  projectId: projectId.optional().describe('Its project: a key, such as ABC, or a numeric ID.'),
  text: shortText.optional().describe('Words to look for in summaries, descriptions and comments.'),
  status: anyName.optional().describe('One status or several, separated by commas.'),
  assignee: anyName.optional().meta({
    description: 'Names or e-mail addresses, separated by commas; me for the user who asks, none for unassigned.',
    mayMatchSeveral: true,
  }),
  issueType: anyName.optional().describe('One type or several, such as Bug,Task.'),
  priority: anyName.optional().describe('One priority or several.'),
  label: anyName.optional().describe('One label or several, of which an issue has at least one.'),
  where: where.optional().meta({
    description:
      'Conditions on any fields by name, custom ones too, a JSON object as a string: {"Severity": ["Major", "Critical"], "Story Points": {"from": 3, "to": 8}, "Summary": {"contains": "login"}, "Component": {"not": "Search"}, "Reviewer": null}.',
    mayMatchSeveral: true,
  }),
  missing: missing.optional().describe('Fields that are empty, such as assignee,estimate,due date.'),
  openOnly: z.boolean().optional().describe('True to leave out issues that are done.'),
  overdue: z.boolean().optional().describe('True for open issues whose due date is past.'),
  updatedSince: sinceText
    .optional()
    .describe('Updated since a day, today, yesterday, a date-time, or a span back such as 7d.'),
  unchangedFor: sinceText.optional().describe('Not updated for a span such as 7d.'),
  dueBefore: dayText.optional().describe('Due before this day, such as 2026-11-30.'),
  jql: z.string().trim().min(1).max(5000).optional().meta({
    description: 'A query in JQL with a condition, in place of all filters.',
    acronym: 'JQL',
  }),
  columns: columns.optional().describe('Fields to show in place of the main ones, such as Severity,Reviewer.'),
  orderBy: orderBy
    .optional()
    .describe(
      'The field to sort by, with asc or desc behind it where wanted: due, priority, created, rank or any other.',
    ),
});

type Input = z.output<typeof input>;

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
  async run({ jql: raw, columns: labels, orderBy: order, ...filters }, { jira, signal, now, page: { limit, cursor } }) {
    const clock = { now, timeZone: jira.timeZone };
    const around = {
      moments: momentsAt(clock),
      people: jira.people,
      now,
      isOpen: jira.isOpen,
      suggestions: jira.metadata.suggestions,
    };
    const { updatedSince, unchangedFor, dueBefore, ...others } = filters;
    const given = {
      ...others,
      updatedSince: updatedSince === undefined ? undefined : await resolveSince(updatedSince, clock, 'updatedSince'),
      unchangedSince: unchangedFor === undefined ? undefined : await resolveSince(unchangedFor, clock, 'unchangedFor'),
      dueBefore: dueBefore === undefined ? undefined : await resolveDay(dueBefore, clock, 'dueBefore'),
    };
    const site = { jira };
    if (raw !== undefined) refuseBesideJql({ ...filters, orderBy: order });
    const query = raw === undefined ? await issueQuery(given, site, around) : undefined;
    if (query?.conditions.length === 0) {
      throw invalidInput([
        { field: 'projectId', message: 'Give at least one filter, such as projectId, text or assignee.' },
      ]);
    }
    const [shown, ordered] = await Promise.all([
      issueColumns(labels, filters.projectId, site),
      raw === undefined ? issueOrder(order, filters.projectId, site) : undefined,
    ]);
    const search = () =>
      jira.search({
        jql: query && ordered ? jql`${allOf(query.conditions)} ORDER BY ${ordered}` : rawJql(raw ?? ''),
        fields: [...new Set([...fieldsOfRow(shown), ...(query?.fields ?? [])])],
        limit,
        cursor,
      });
    const checked = query?.checked ?? [];
    const { issues, nextCursor } = await search().catch(async (error: unknown) => {
      if (!(error instanceof Failure) || error.code !== 'invalid_input') throw error;
      const wrong = await wrongValues(checked, site);
      throw wrong.length > 0 ? invalidInput(wrong) : ((await unknownPerson(checked, site)) ?? error);
    });
    if (issues.length === 0 && cursor === undefined) {
      // A value that no issue can have finds nothing as well.
      const wrong = await wrongValues(checked, site);
      if (wrong.length > 0) throw invalidInput(wrong);
    }
    const found = issues.filter(issue => query?.passes(issue) ?? true);
    const budget = { left: MAX_MARKDOWN };
    const pause = pace(signal);
    const render = async (document: unknown) => {
      await pause();
      return adfToMarkdown(document, budget);
    };
    const items = [];
    for (const issue of found) items.push(await toShownIssue(issue, shown, { browseUrl: jira.browseUrl, render }));
    // In the order of their updates, the first that was updated too early is the end.
    const isOver = order === undefined && found.length < issues.length && isAboutUpdatesAlone(given, query?.fields);
    return page({ items, nextCursor: isOver ? undefined : nextCursor, answer: part => ({ issues: part }) });
  },
});

function isAboutUpdatesAlone(
  { updatedSince, unchangedSince }: { updatedSince: Date | undefined; unchangedSince: Date | undefined },
  fields: readonly string[] = [],
): boolean {
  return updatedSince !== undefined && unchangedSince === undefined && fields.every(id => id === 'updated');
}

function refuseBesideJql(others: Partial<Omit<Input, 'jql' | 'columns'>>): void {
  const given = Object.entries(others).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  throw invalidInput([
    {
      field: 'jql',
      message: `It cannot be combined with ${given.map(([name]) => name).join(', ')}. Put those into the JQL, or leave the JQL out.`,
    },
  ]);
}
