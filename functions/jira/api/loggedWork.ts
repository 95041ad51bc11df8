import { Failure, invalidInput } from '../../../shared/failure.ts';
import { folded } from '../../../shared/settings/userMap.ts';
import { addDays, dayAt } from '../../../shared/time/timeZone.ts';
import { allIssues } from './allIssues.ts';
import type { Issue, Worklog } from './issue.ts';
import type { Jira } from './jira.ts';
import { allOf, inProject, type Jql, jql } from './jql.ts';

/** Whose work is meant, on what, and when it began. */
interface WorkFilters {
  people: readonly string[];
  projectId: string | undefined;
  issueKey: string | undefined;
  from: Date;
  to: Date | undefined;
}

/** A piece of work that somebody logged, and the issue that it was done on. */
export interface Work extends Worklog {
  issueKey: string;
  title: string | undefined;
  project: Issue['project'];
}

export interface LoggedWork {
  /** The last begun first. */
  work: Work[];
  /** How many entries that are meant are left out because they are restricted. */
  restricted: number;
  /** What was not read, in a sentence; undefined where all was. */
  partial: string | undefined;
}

/** Issues with more work than a search shows are asked for it one by one. */
const MAX_LONG = 20;

/**
 * The work that was logged. A search finds the issues and shows the first 20 entries of each; of an issue with more, those of
 * the period are read by a request of their own.
 * @throws Failure `not_found` or `ambiguous` for a person; `not_found` or `forbidden` for an issue; `forbidden` for a project
 */
export async function loggedWork(filters: WorkFilters, jira: Jira): Promise<LoggedWork> {
  const { projectId, issueKey, from, to } = filters;
  const people = await Promise.all(filters.people.map(person => jira.people.inJql(person)));
  const fields = ['summary', 'project', 'worklog'];
  const { issues, areAll } =
    issueKey === undefined
      ? await allIssues({ jql: await query(filters, people, jira), fields }, jira).catch(error =>
          unknownPerson(error, filters, jira),
        )
      : { issues: [issueIn(projectId, await jira.getIssue(issueKey, { fields }))], areAll: true };

  const long = issues.filter(({ worklogs }) => !worklogs.areAll);
  const read = new Map(
    await Promise.all(
      long.slice(0, MAX_LONG).map(async ({ key }) => [key, await jira.getWorklogs(key, { from, to })] as const),
    ),
  );
  const isOf = ({ accountId, author }: Worklog) =>
    people.length === 0 || people.some(person => person === accountId || folded(person) === folded(author ?? ''));
  const isMeant = (work: Worklog) => isOf(work) && work.startedAt >= from && (!to || work.startedAt <= to);

  const work: Work[] = [];
  let restricted = 0;
  for (const { key, summary, project, worklogs } of issues) {
    const { items, restricted: hidden } = read.get(key) ?? worklogs;
    restricted += hidden.filter(isMeant).length;
    for (const item of items) {
      if (isMeant(item)) work.push({ ...item, issueKey: key, title: summary, project });
    }
  }
  const cut = [...long.slice(MAX_LONG), ...issues.filter(({ key }) => read.get(key)?.areAll === false)];
  return {
    work: work.sort(
      (one, other) => other.startedAt.getTime() - one.startedAt.getTime() || (one.id < other.id ? 1 : -1),
    ),
    restricted,
    partial: notRead(areAll ? undefined : issues.length, cut.length),
  };
}

function issueIn(projectId: string | undefined, issue: Issue): Issue {
  const { key, project } = issue;
  if (projectId === undefined || /^\d+$/.test(projectId) || project?.key === projectId) return issue;
  throw invalidInput([{ field: 'issueKey', message: `${key} is not in project ${projectId}. Leave projectId out.` }]);
}

async function query({ projectId, from, to }: WorkFilters, people: readonly string[], jira: Jira): Promise<Jql> {
  const zone = await jira.timeZone();
  // Jira reads days in another zone than the one that decides here, so that those beside them are looked through as well.
  const first = addDays(dayAt(from, zone), -1);
  const last = to && addDays(dayAt(to, zone), 1);
  return allOf([
    jql`worklogDate >= ${first}`,
    ...(last ? [jql`worklogDate <= ${last}`] : []),
    ...(people.length > 0 ? [jql`worklogAuthor IN ${people}`] : []),
    ...(projectId === undefined ? [] : [inProject(projectId)]),
  ]);
}

/** Jira also knows people who have left, so that only a search that it refused tells that somebody is nobody. */
async function unknownPerson(error: unknown, { people }: WorkFilters, jira: Jira): Promise<never> {
  if (error instanceof Failure && error.code === 'invalid_input') {
    for (const person of people) await jira.people.find(person);
  }
  throw error;
}

function notRead(issues: number | undefined, long: number): string | undefined {
  const left = [
    ...(issues === undefined ? [] : [`issues after the first ${issues}`]),
    ...(long === 0 ? [] : [`some of the work on ${long} issues with very many entries`]),
  ];
  return left.length === 0
    ? undefined
    : `Not counted: ${left.join(', and ')}. Ask for a shorter period, a project or a person for exact sums.`;
}
