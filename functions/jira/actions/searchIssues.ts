import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { invalidInput } from '../../../shared/failure.ts';
import { dayText, resolveDay, resolveSince, sinceText } from '../../../shared/time/inputs.ts';
import type { Clock } from '../../../shared/time/when.ts';
import { isNone, issueType, person, projectId, shortText } from '../api/inputs.ts';
import { issueRow, issueRowFields, toIssueRow } from '../api/issueRow.ts';
import type { Jira } from '../api/jira.ts';
import { allOf, inProject, Jql, jql, minutesAgo, rawJql, words } from '../api/jql.ts';
import { jira } from '../system.ts';

const input = z.object({
  projectId: projectId.optional().describe('Only issues of this project: its key, such as ABC, or its numeric ID.'),
  text: shortText.optional().describe('Words to look for in summaries, descriptions and comments.'),
  status: shortText
    .optional()
    .describe('Only issues in this status, such as In Progress, or not done for all issues that are not done.'),
  assignee: person
    .optional()
    .describe(
      'Only issues of this assignee: a name, an e-mail address, me for the user who asks, or none for unassigned issues.',
    ),
  issueType: issueType.optional().describe('Only issues of this type, such as Bug.'),
  priority: shortText.optional().describe('Only issues of this priority, such as High.'),
  label: shortText.optional().describe('Only issues with this label.'),
  since: sinceText
    .optional()
    .describe('Only issues updated since then: a date, a date-time, or a span back from now such as 7d.'),
  before: dayText.optional().describe('Only issues due before this day, such as 2026-11-30.'),
  jql: z.string().trim().min(1).max(5000).optional().meta({
    description:
      'A query in JQL, in place of all other filters. It must have a condition, such as a project; Jira refuses an ORDER BY alone.',
    acronym: 'JQL',
  }),
});

type Filters = Omit<z.output<typeof input>, 'jql'>;

/** The query must be the same for all pages, but it names `since` relative to now: see getProjectUpdates. */
const SLACK_MINUTES = 61;

export default jira.action({
  name: 'searchIssues',
  toolset: 'jira',
  core: true,
  access: 'read',
  title: 'Search issues',
  description:
    'Finds Jira issues by project, words, status, assignee, type, priority, label and dates, or by JQL, and returns their main fields, the last updated first. ' +
    "Use it when the user asks for issues whose keys are not known; with assignee me it lists the user's own work. Give at least one filter. " +
    'For one issue in full use getIssue; for what happened in a project use getProjectUpdates; for numbers alone use getProjectSummary.',
  input,
  output: z.object({
    issues: z.array(issueRow).describe('The issues, the last updated first unless the JQL says otherwise.'),
  }),
  example: { projectId: 'ATLAS', status: 'In Progress' },
  paged: true,
  async run({ jql: raw, ...filters }, { jira, now, page: { limit, cursor } }) {
    const clock = { now, timeZone: jira.timeZone };
    const since = filters.since === undefined ? undefined : await resolveSince(filters.since, clock);
    const { issues, nextCursor } = await jira.search({
      jql: raw === undefined ? await filterQuery(filters, since, clock, jira) : onlyJql(raw, filters),
      fields: issueRowFields,
      limit,
      cursor,
    });
    const found = since ? issues.filter(({ updatedAt = new Date(0) }) => updatedAt >= since) : issues;
    return page({
      items: found.map(issue => toIssueRow(issue, jira.browseUrl)),
      nextCursor: found.length < issues.length ? undefined : nextCursor,
      answer: shown => ({ issues: shown }),
    });
  },
});

function onlyJql(raw: string, filters: Filters): Jql {
  const others = Object.entries(filters).filter(([, value]) => value !== undefined);
  if (others.length === 0) return rawJql(raw);
  throw invalidInput([
    {
      field: 'jql',
      message: `It cannot be combined with ${others.map(([name]) => name).join(', ')}. Put those into the JQL, or leave the JQL out.`,
    },
  ]);
}

async function filterQuery(filters: Filters, since: Date | undefined, clock: Clock, jira: Jira): Promise<Jql> {
  const { projectId, text, status, assignee, issueType, priority, label, before } = filters;
  const conditions = [
    projectId && inProject(projectId),
    text && jql`text ~ ${words(text)}`,
    status && (status.toLowerCase() === 'not done' ? jql`statusCategory != Done` : jql`status = ${status}`),
    assignee &&
      (isNone(assignee) ? jql`assignee IS EMPTY` : jql`assignee = ${(await jira.people.find(assignee)).accountId}`),
    issueType && jql`issuetype = ${issueType}`,
    priority && jql`priority = ${priority}`,
    label && jql`labels = ${label}`,
    since && jql`updated >= ${minutesAgo((clock.now.getTime() - since.getTime()) / 60_000 + SLACK_MINUTES)}`,
    before && jql`due < ${await resolveDay(before, clock, 'before')}`,
  ].filter(condition => condition instanceof Jql);
  if (conditions.length === 0) {
    throw invalidInput([
      { field: 'projectId', message: 'Give at least one filter, such as projectId, text or assignee.' },
    ]);
  }
  return jql`${allOf(conditions)} ORDER BY updated DESC, key DESC`;
}
