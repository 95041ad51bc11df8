import * as z from 'zod';
import { heading, link, summary } from '../../../shared/schema/meaning.ts';
import { resolveSince, sinceText } from '../../../shared/time/inputs.ts';
import { projectId } from '../api/inputs.ts';
import { inProject, jql, minutesAgo } from '../api/jql.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'getProjectSummary',
  toolset: 'jira',
  core: true,
  access: 'read',
  title: 'Get a project summary',
  description:
    'Counts the issues of a Jira project: to do, in progress and done, overdue, unassigned, and recently created and resolved. ' +
    'Use it when the user asks for the state of a project, or how many issues it has. ' +
    'For what changed use getProjectUpdates; for the issues themselves use searchIssues.',
  input: z.object({
    projectId,
    since: sinceText
      .default('7d')
      .describe(
        'The start of the period in which created and resolved issues are counted: a date, a date-time, or a span back from now. 7d unless given.',
      ),
  }),
  output: z.object({
    project: z
      .object({
        key: z.string().describe('The key of the project.'),
        name: heading('The name of the project.'),
        lead: z.string().optional().describe('The name of the project lead.'),
        url: link('The address of the project in the browser.'),
      })
      .describe('The project.'),
    summary: summary('One sentence that sums up the numbers.'),
    toDo: z.int().describe('The number of issues in the status category To Do.'),
    inProgress: z.int().describe('The number of issues in progress.'),
    done: z.int().describe('The number of issues that are done.'),
    overdue: z.int().describe('The number of issues that are not done and past their due date.'),
    unassigned: z.int().describe('The number of issues that are not done and unassigned.'),
    since: z.string().describe('The start of the period, ISO 8601 in UTC.'),
    created: z.int().describe('The number of issues created since then.'),
    resolved: z.int().describe('The number of issues resolved since then.'),
  }),
  requests: 20,
  example: { projectId: 'ATLAS' },
  async run({ projectId, since: sinceInput }, { jira, now }) {
    const clock = { now, timeZone: jira.timeZone };
    const since = await resolveSince(sinceInput, clock);
    const today = await jira.startOfDay(now);
    const recently = minutesAgo((now.getTime() - since.getTime()) / 60_000);
    const issues = inProject(projectId);
    // The IDs of the status categories To Do, In Progress and Done, which do not depend on the language of the site.
    const [project, toDo, inProgress, done, overdue, unassigned, created, resolved] = await Promise.all([
      jira.getProject(projectId),
      jira.count(jql`${issues} AND statusCategory = ${2}`),
      jira.count(jql`${issues} AND statusCategory = ${4}`),
      jira.count(jql`${issues} AND statusCategory = ${3}`),
      jira.count(jql`${issues} AND statusCategory != ${3} AND due < ${today}`),
      jira.count(jql`${issues} AND statusCategory != ${3} AND assignee IS EMPTY`),
      jira.count(jql`${issues} AND created >= ${recently}`),
      jira.count(jql`${issues} AND resolutiondate >= ${recently}`),
    ]);
    return {
      project: {
        key: project.key,
        name: project.name,
        ...(project.lead?.displayName && { lead: project.lead.displayName }),
        url: jira.browseUrl(project.key),
      },
      summary: `${project.name} has ${toDo} issues to do, ${inProgress} in progress and ${done} done; ${overdue} are overdue and ${unassigned} open issues are unassigned.`,
      toDo,
      inProgress,
      done,
      overdue,
      unassigned,
      since: since.toISOString(),
      created,
      resolved,
    };
  },
});
