import { issueTypes, statuses } from './catalogue.ts';
import type { Instant, Issue, IssueType, Link, Named, Person, Project, Status } from './model.ts';

/** All that one Jira site holds. Writes change it in place. */
export interface Site {
  people: Person[];
  projects: Project[];
  issues: Issue[];
  links: Link[];
  /** The account that the API is called with. */
  me: Person;
  /** That account's time zone: its times are written, and dates in its JQL are read, in it. */
  timeZone: { name: string; offsetMinutes: number };
  now(): Instant;
  /** A number that no other thing of the site has. */
  nextId(): string;
}

export const personById = (site: Site, accountId: unknown): Person | undefined =>
  site.people.find(person => person.accountId === accountId);

/** Whether an issue can be theirs. */
export const isAssignable = ({ active, accountType }: Person): boolean => active && accountType === 'atlassian';

export const findProject = (site: Site, idOrKey: string): Project | undefined =>
  site.projects.find(project => project.id === idOrKey || project.key === idOrKey.toUpperCase());

export const findIssue = (site: Site, idOrKey: string): Issue | undefined =>
  site.issues.find(issue => issue.id === idOrKey || issue.key === idOrKey.toUpperCase());

/** The issue's project; every issue has one. */
export function projectOf(site: Site, issue: Issue): Project {
  const project = site.projects.find(({ id }) => id === issue.projectId);
  if (!project) throw new Error(`${issue.key} has no project`);
  return project;
}

export const statusOf = (issue: Issue): Status => named(statuses, issue.values.status);

export const typeOf = (issue: Issue): IssueType => named(issueTypes, issue.values.issuetype);

export const childrenOf = (site: Site, issue: Issue): Issue[] =>
  site.issues.filter(child => child.values.parent === issue.id);

export const linksOf = (site: Site, issue: Issue): Link[] =>
  site.links.filter(link => link.sourceId === issue.id || link.targetId === issue.id);

/** The issue with this id, which a link or parent names. */
export function issueById(site: Site, id: unknown): Issue {
  const issue = site.issues.find(each => each.id === id);
  if (!issue) throw new Error(`There is no issue with the id ${id}`);
  return issue;
}

function named<T extends Named>(list: T[], id: unknown): T {
  const found = list.find(each => each.id === id);
  if (!found) throw new Error(`Nothing has the id ${id}`);
  return found;
}
