import * as z from 'zod';
import { heading, link, summary } from '../../../shared/action/meaning.ts';
import { resolveSince, sinceText } from '../../../shared/action/since.ts';
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
    'Counts the issues of a Jira project: to do, in progress and done, overdue, unassigned, and lately created and resolved. ' +
    'Use it when the user asks how a project stands, or how many issues there are. ' +
    'For what changed use getProjectUpdates; for the issues themselves use searchIssues.',
  input: z.object({
    projectId,
    since: sinceText
      .default('7d')
      .describe(
        'From when on an issue was lately created or resolved: a date, a date-time, or a span back from now. 7d unless given.',
      ),
  }),
  output: z.object({
    project: z
      .object({
        key: z.string().describe('The key of the project.'),
        name: heading('The name of the project.'),
        lead: z.string().optional().describe('Who leads it.'),
        url: link('Where to open the project.'),
      })
      .describe('The project that was asked about.'),
    summary: summary('One sentence that sums the numbers up.'),
    toDo: z.int().describe('How many issues are not begun.'),
    inProgress: z.int().describe('How many are in progress.'),
    done: z.int().describe('How many are done.'),
    overdue: z.int().describe('How many are not done although their due date has passed.'),
    unassigned: z.int().describe('How many are not done and assigned to nobody.'),
    since: z.string().describe('The start of what counts as lately, ISO 8601 in UTC.'),
    created: z.int().describe('How many were created since then.'),
    resolved: z.int().describe('How many were resolved since then.'),
  }),
  example: { projectId: 'ATLAS' },
  async run({ projectId, since: sinceInput }, { jira, now }) {
    const since = resolveSince(sinceInput, now);
    const lately = minutesAgo((now.getTime() - since.getTime()) / 60_000);
    const issues = inProject(projectId);
    // Jira's own numbers for what it calls To Do, In Progress and Done, whatever the language of the site.
    const [project, toDo, inProgress, done, overdue, unassigned, created, resolved] = await Promise.all([
      jira.getProject(projectId),
      jira.count(jql`${issues} AND statusCategory = ${2}`),
      jira.count(jql`${issues} AND statusCategory = ${4}`),
      jira.count(jql`${issues} AND statusCategory = ${3}`),
      jira.count(jql`${issues} AND statusCategory != ${3} AND due < startOfDay()`),
      jira.count(jql`${issues} AND statusCategory != ${3} AND assignee IS EMPTY`),
      jira.count(jql`${issues} AND created >= ${lately}`),
      jira.count(jql`${issues} AND resolutiondate >= ${lately}`),
    ]);
    return {
      project: {
        key: project.key,
        name: project.name,
        ...(project.lead?.displayName && { lead: project.lead.displayName }),
        url: jira.browseUrl(project.key),
      },
      summary: `${project.name} has ${toDo} issues to do, ${inProgress} in progress and ${done} done; ${overdue} are overdue and ${unassigned} open ones are assigned to nobody.`,
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
