import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { heading, link, summary } from '../../../shared/schema/meaning.ts';
import { sentence } from '../../../shared/text.ts';
import { resolveSince, sinceText } from '../../../shared/time/inputs.ts';
import { findIssues } from '../api/filter/foundIssues.ts';
import { issuesMeant } from '../api/filter/issuesMeant.ts';
import { projectId } from '../api/inputs.ts';
import type { Jira } from '../api/jira.ts';
import { inProject, type Jql, jql, minutesAgo } from '../api/jql.ts';
import { reads } from '../needs.ts';
import { jira } from '../system.ts';

export default jira.action({
  name: 'getProjectSummary',
  toolset: 'jira',
  core: true,
  access: 'read',
  needs: reads(),
  title: 'Get a project summary',
  description:
    'Counts the issues of a Jira project: to do, in progress and done, overdue, unassigned, blocked, and recently created and resolved. ' +
    'Use it when the user asks for the state of a project, or how many issues it has. ' +
    'For what changed use getProjectUpdates; for the issues themselves use searchIssues. No action sends it regularly: that is a scheduled flow in Copilot Studio.',
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
    toDo: z.int().optional().describe('The number of issues in the status category To Do.'),
    inProgress: z.int().optional().describe('The number of issues in progress.'),
    done: z.int().optional().describe('The number of issues that are done.'),
    overdue: z.int().optional().describe('The number of issues that are not done and past their due date.'),
    unassigned: z.int().optional().describe('The number of issues that are not done and unassigned.'),
    blocked: z.int().optional().describe('The number of issues that are not done and blocked by one that is not done.'),
    since: z.string().describe("The start of the period, ISO 8601, by the asking user's clock."),
    created: z.int().optional().describe('The number of issues created since then.'),
    resolved: z.int().optional().describe('The number of issues resolved since then.'),
    notShown: z.array(z.string()).optional().describe('What could not be counted, and why.'),
  }),
  requests: 30,
  example: { projectId: 'ATLAS' },
  async run({ projectId, since: sinceInput }, { jira, now }) {
    const clock = { now, timeZone: jira.timeZone };
    const since = await resolveSince(sinceInput, clock);
    const today = await jira.startOfDay(now);
    const recently = minutesAgo((now.getTime() - since.getTime()) / 60_000);
    const issues = inProject(projectId);
    const notShown: string[] = [];
    const count = (name: string, query: Jql) => jira.count(query).catch(error => leftOut(name, error, notShown));
    // The IDs of the status categories To Do, In Progress and Done, which do not depend on the language of the site.
    const [project, toDo, inProgress, done, overdue, unassigned, created, resolved, blocked] = await Promise.all([
      jira.getProject(projectId),
      count('toDo', jql`${issues} AND statusCategory = ${2}`),
      count('inProgress', jql`${issues} AND statusCategory = ${4}`),
      count('done', jql`${issues} AND statusCategory = ${3}`),
      count('overdue', jql`${issues} AND statusCategory != ${3} AND due < ${today}`),
      count('unassigned', jql`${issues} AND statusCategory != ${3} AND assignee IS EMPTY`),
      count('created', jql`${issues} AND created >= ${recently}`),
      count('resolved', jql`${issues} AND resolutiondate >= ${recently}`),
      countBlocked(projectId, { jira, now }, notShown).catch(error => leftOut('blocked', error, notShown)),
    ]);
    return {
      project: {
        key: project.key,
        name: project.name,
        ...(project.lead?.displayName && { lead: project.lead.displayName }),
        url: jira.browseUrl(project.key),
      },
      summary: `${project.name} has ${told(toDo)} issues to do, ${told(inProgress)} in progress and ${told(done)} done; ${told(overdue)} are overdue, ${told(blocked)} blocked, and ${told(unassigned)} open issues are unassigned.`,
      toDo,
      inProgress,
      done,
      overdue,
      unassigned,
      blocked,
      since: since.toISOString(),
      created,
      resolved,
      ...(notShown.length > 0 && { notShown }),
    };
  },
});

/** As many as are looked at for it. */
const MAX_LOOKED_AT = 500;

/** Jira counts no issues by what the issues that block them are like, so those with such a link are looked at. */
async function countBlocked(projectId: string, at: { jira: Jira; now: Date }, notShown: string[]) {
  const meant = await issuesMeant({ projectId, openOnly: true, linked: { kind: 'blocked' } }, at);
  const found = await findIssues(
    meant,
    { jira: at.jira, fields: ['status'], order: undefined, isByUpdate: false },
    { limit: MAX_LOOKED_AT, cursor: undefined },
  );
  if (found.total === undefined)
    notShown.push('blocked: There are too many linked issues. Use searchIssues with linked blocked.');
  return found.total;
}

/** A count that needs a field that the user may not see is left out, and the others are told. */
function leftOut(name: string, error: unknown, notShown: string[]): undefined {
  if (!(error instanceof Failure) || (error.code !== 'invalid_input' && error.code !== 'forbidden')) throw error;
  notShown.push(`${name}: ${sentence(error.message)}`);
}

const told = (count: number | undefined) => count ?? 'an unknown number of';
