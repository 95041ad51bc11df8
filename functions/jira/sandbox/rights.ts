import * as z from 'zod';
import { badRequest } from './jiraError.ts';
import type { Comment, Issue, Person, Project, Restricted, Transition } from './model.ts';
import { administrative } from './permissions.ts';
import { isAssignable, issueById, personById, projectOf, type Site, transitionsOf, typeOf } from './site.ts';

/** To whom a request restricts a comment or worklog. */
export const visibilityBody = z
  .looseObject({ type: z.enum(['role', 'group']), value: z.string().nullish(), identifier: z.string().nullish() })
  .nullish();

type Visibility = NonNullable<z.infer<typeof visibilityBody>>;

/** What has an account of its own may do anything, whatever the data grant. */
const isAccount = ({ account }: Site, accountId: string) => account.accountId === accountId;

/** Whether somebody has a global permission. Where the data name nobody, everybody has it who is no customer, administrators' ones aside. */
export function holdsGlobally(site: Site, accountId: string, permission: string): boolean {
  if (isAccount(site, accountId)) return true;
  const person = personById(site, accountId);
  if (!person?.active) return false;
  const named = site.globalPermissions[permission];
  return named?.includes(accountId) ?? (!administrative.has(permission) && person.accountType !== 'customer');
}

/**
 * Whether somebody has a permission in a project, whatever the security of its issues. As in Jira, one does not bring
 * another along: who may edit need not be able to browse.
 */
export function holds(site: Site, accountId: string, permission: string, project: Project): boolean {
  if (isAccount(site, accountId)) return true;
  const person = personById(site, accountId);
  if (!person?.active) return false;
  // Customers have the portals, and no licence.
  if (person.accountType === 'customer' && (project.type !== 'service_desk' || permission === 'SERVICEDESK_AGENT')) {
    return false;
  }
  return project.permissions[permission]?.includes(accountId) ?? true;
}

/** Whether somebody has a permission on an issue: security that keeps it from them takes every permission. */
export const mayOn = (site: Site, accountId: string, permission: string, issue: Issue): boolean =>
  holds(site, accountId, permission, projectOf(site, issue)) && isCleared(site, accountId, issue);

/** A sub-task is as secure as its parent. */
function isCleared(site: Site, accountId: string, issue: Issue): boolean {
  if (isAccount(site, accountId)) return true;
  if (issue.security && !issue.security.includes(accountId)) return false;
  const { parent } = issue.values;
  return typeOf(site, issue).level !== -1 || !parent || isCleared(site, accountId, issueById(site, parent));
}

/** Whether who looks at the site has a permission in a project. */
export const iHold = (site: Site, permission: string, project: Project): boolean =>
  holds(site, site.me.accountId, permission, project);

/** The transitions of an issue that who looks at the site may carry out. */
export const myTransitions = (site: Site, issue: Issue): Transition[] =>
  iHold(site, 'TRANSITION_ISSUES', projectOf(site, issue)) ? transitionsOf(site, issue) : [];

/** Whether issues of a project can be assigned to somebody: they have to see them. */
export const isAssignableIn = (site: Site, project: Project, person: Person): boolean =>
  isAssignable(person) &&
  ['ASSIGNABLE_USER', 'BROWSE_PROJECTS'].every(permission => holds(site, person.accountId, permission, project));

/**
 * What a new or changed comment or worklog is restricted to: only what its author belongs to.
 * @throws {JiraError} 400
 */
export function restrictionFor(site: Site, issue: Issue, visibility: Visibility | null | undefined): Restricted {
  if (!visibility) return {};
  const restricted: Restricted = { [visibility.type]: visibility.value ?? visibility.identifier ?? '' };
  if (isShown(site, issue, restricted)) return restricted;
  const kind = visibility.type === 'role' ? 'project role' : 'group';
  throw badRequest(`You are currently not a member of the ${kind}: ${restricted.role ?? restricted.group}.`);
}

/** Whether who looks at the site belongs to those to whom a comment, worklog or file is restricted. */
function isShown(site: Site, issue: Issue, { role, group }: Restricted): boolean {
  const { accountId } = site.me;
  if (isAccount(site, accountId)) return true;
  if (role !== undefined && !projectOf(site, issue).roles[role]?.includes(accountId)) return false;
  return group === undefined || (site.groups[group]?.includes(accountId) ?? false);
}

/** The comments of an issue that who looks at the site may read. Customers read no internal ones. */
export const readableComments = (site: Site, issue: Issue): Comment[] =>
  issue.comments.filter(
    comment => (comment.isPublic || site.me.accountType !== 'customer') && isShown(site, issue, comment),
  );

export const shownWorklogs = (site: Site, issue: Issue) =>
  issue.worklogs.filter(worklog => isShown(site, issue, worklog));

export const shownAttachments = (site: Site, issue: Issue) =>
  issue.attachments.filter(
    file => (file.isPublic !== false || site.me.accountType !== 'customer') && isShown(site, issue, file),
  );

/**
 * The site as somebody sees it: without what they may not browse, which for them is not there. What is in it are the
 * things themselves, so that a change of one is a change of the site; its lists are others.
 */
export function seenBy(site: Site, viewer: Person): Site {
  const { accountId } = viewer;
  const timeZone = viewer.timeZone ?? site.timeZone;
  if (isAccount(site, accountId)) return { ...site, me: viewer, timeZone };
  const projects = site.projects.filter(project => holds(site, accountId, 'BROWSE_PROJECTS', project));
  const isBrowsed = ({ projectId }: { projectId: string }) => projects.some(({ id }) => id === projectId);
  const issues = site.issues.filter(issue => isBrowsed(issue) && isCleared(site, accountId, issue));
  const issueIds = new Set(issues.map(({ id }) => id));
  const boards = site.boards.filter(isBrowsed);
  const inSprints = new Set(
    site.fields
      .filter(({ kind }) => kind === 'sprint')
      .flatMap(({ id }) => issues.flatMap(({ values }) => [values[id] ?? []].flat())),
  );
  return {
    ...site,
    me: viewer,
    timeZone,
    projects,
    issues,
    boards,
    // https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/#api-rest-agile-1-0-sprint-sprintid-get
    sprints: site.sprints.filter(
      ({ id, boardId }) => boardId === undefined || boards.some(board => board.id === boardId) || inSprints.has(id),
    ),
    links: site.links.filter(({ sourceId, targetId }) => issueIds.has(sourceId) && issueIds.has(targetId)),
    filters: site.filters.filter(
      ({ ownerId, sharedWith }) => ownerId === accountId || (sharedWith?.includes(accountId) ?? true),
    ),
    desks: site.desks.filter(isBrowsed),
    organizations: site.organizations.filter(
      ({ id, memberIds }) =>
        memberIds.includes(accountId) ||
        site.desks.some(
          ({ organizationIds, projectId }) =>
            organizationIds.includes(id) &&
            projects.some(project => project.id === projectId && holds(site, accountId, 'SERVICEDESK_AGENT', project)),
        ),
    ),
  };
}
