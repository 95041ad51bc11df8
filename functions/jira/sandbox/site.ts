import type { Field } from './fields.ts';
import type {
  Board,
  Desk,
  Instant,
  Issue,
  IssueType,
  Link,
  LinkType,
  Named,
  Organization,
  Person,
  Project,
  SavedFilter,
  Sprint,
  Status,
  TimeZone,
  Transition,
} from './model.ts';

/** All that one Jira site holds. Writes change its issues and links in place. */
export interface Site {
  people: readonly Person[];
  projects: readonly Project[];
  /** In the order in which Jira's screens show them. */
  fields: readonly Field[];
  /** The first is that of a new issue. */
  statuses: readonly Status[];
  /** The workflow of every project. */
  transitions: readonly Transition[];
  issueTypes: readonly IssueType[];
  /** The highest first. */
  priorities: readonly Named[];
  defaultPriority: Named;
  resolutions: readonly Named[];
  /** Of an issue that is done without being given one. */
  defaultResolution: Named;
  linkTypes: readonly LinkType[];
  sprints: Sprint[];
  boards: Board[];
  filters: readonly SavedFilter[];
  desks: readonly Desk[];
  /** The organisations of customers. */
  organizations: readonly Organization[];
  issues: Issue[];
  links: Link[];
  /** The accounts in a group, by its name. */
  groups: Record<string, string[]>;
  /** The accounts that have a global permission, by its key. */
  globalPermissions: Record<string, string[]>;
  /** The account that may do and see everything. */
  account: Person;
  /** Who looks at the site: in a request, the account that calls. */
  me: Person;
  /** Theirs: times are written, and dates in JQL are read, in it. */
  timeZone: TimeZone;
  now(): Instant;
  /** A number that no other comment, worklog, link, change or issue of the site has. */
  nextId(): string;
}

export const personById = (site: Site, accountId: unknown): Person | undefined =>
  site.people.find(person => person.accountId === accountId);

/** Whether issues can be assigned to the person. */
export const isAssignable = ({ active, accountType }: Person): boolean => active && accountType === 'atlassian';

export const findProject = (site: Site, idOrKey: string): Project | undefined =>
  site.projects.find(project => project.id === idOrKey || project.key === idOrKey.toUpperCase());

/** An issue by its ID, its key, or a key that it had before it was moved. */
export const findIssue = (site: Site, idOrKey: string): Issue | undefined =>
  site.issues.find(issue => issue.id === idOrKey || issue.key === idOrKey.toUpperCase()) ??
  site.issues.find(({ formerKeys }) => formerKeys?.includes(idOrKey.toUpperCase()));

/** Where an issue stands among all: the lower, the higher up. A new one is below the others. */
export const rankOf = ({ id, rank }: Issue): number => rank ?? Number(id);

export const projectOf = (site: Site, issue: Issue): Project => byId(site.projects, issue.projectId);

/** The issue types that a project has. */
export const typesOf = (site: Site, project: Project): IssueType[] =>
  site.issueTypes.filter(({ id }) => project.typeIds.includes(id));

export const statusOf = (site: Site, issue: Issue): Status => byId(site.statuses, issue.values.status);

export const typeOf = (site: Site, issue: Issue): IssueType => byId(site.issueTypes, issue.values.issuetype);

/** The transitions that lead out of an issue's status, as far as their conditions hold for who looks at the site. */
export const transitionsOf = (site: Site, issue: Issue): Transition[] =>
  site.transitions.filter(
    ({ from, onlyFor }) =>
      from.includes(statusOf(site, issue).id) &&
      (onlyFor === undefined || site.me === site.account || onlyFor.includes(site.me.accountId)),
  );

export const childrenOf = (site: Site, issue: Issue): Issue[] =>
  site.issues.filter(child => child.values.parent === issue.id);

export const linksOf = (site: Site, issue: Issue): Link[] =>
  site.links.filter(link => link.sourceId === issue.id || link.targetId === issue.id);

/** The issue with this id, which a link or parent names. */
export const issueById = (site: Site, id: unknown): Issue => byId(site.issues, id);

function byId<T extends { id: string }>(list: readonly T[], id: unknown): T {
  const found = list.find(each => each.id === id);
  if (!found) throw new Error(`Nothing has the id ${id}`);
  return found;
}
