import { estimatesOf, timesOf } from './estimates.ts';
import { choicesOf, type Field } from './fields.ts';
import type {
  Attachment,
  Comment,
  History,
  Instant,
  Issue,
  IssueType,
  Link,
  LinkType,
  Named,
  Option,
  Person,
  Project,
  Restricted,
  Sprint,
  Status,
  Transition,
  Version,
  Worklog,
} from './model.ts';
import { showRequestField } from './requests.ts';
import { myTransitions, readableComments, shownAttachments, shownWorklogs } from './rights.ts';
import { childrenOf, issueById, linksOf, personById, projectOf, type Site, statusOf, typeOf } from './site.ts';

/** The data, and the address at which the API was called. */
export interface View {
  site: Site;
  /** The part of links before `/rest/api/3`. */
  base: string;
}

const at = ({ base }: View, path: string) => `${base}/rest/api/3/${path}`;

/** A time as Jira writes it: in the account's time zone, its offset without a colon. */
export function timestamp({ timeZone: { offsetMinutes } }: Site, instant: Instant): string {
  const local = new Date(instant + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const minutes = Math.abs(offsetMinutes);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}${pad(minutes % 60)}`;
}

/** The day of the account's time zone. */
const dayIn = ({ timeZone: { offsetMinutes } }: Site, instant: Instant): string =>
  new Date(instant + offsetMinutes * 60_000).toISOString().slice(0, 10);

export const avatars = (view: View, of: string) => {
  const url = `${view.base}/secure/avatar/${of}?size=`;
  return { '48x48': `${url}48`, '24x24': `${url}24`, '16x16': `${url}16`, '32x32': `${url}32` };
};

export const showPerson = (view: View, person: Person) => ({
  self: at(view, `user?accountId=${encodeURIComponent(person.accountId)}`),
  accountId: person.accountId,
  accountType: person.accountType,
  ...(person.emailHidden ? {} : { emailAddress: person.email }),
  avatarUrls: avatars(view, person.accountId),
  displayName: person.displayName,
  active: person.active,
  timeZone: (person.accountId === view.site.me.accountId ? view.site.timeZone : (person.timeZone ?? view.site.timeZone))
    .name,
});

export const showPersonById = (view: View, accountId: unknown) => {
  const person = personById(view.site, accountId);
  return person ? showPerson(view, person) : null;
};

export const showPriority = (view: View, priority: Named) => ({
  self: at(view, `priority/${priority.id}`),
  iconUrl: `${view.base}/images/icons/priorities/${priority.name.toLowerCase()}.svg`,
  name: priority.name,
  id: priority.id,
});

export const showResolution = (view: View, resolution: Named) => ({
  self: at(view, `resolution/${resolution.id}`),
  id: resolution.id,
  description: '',
  name: resolution.name,
});

export const showStatus = (view: View, status: Status) => ({
  self: at(view, `status/${status.id}`),
  description: '',
  iconUrl: `${view.base}/images/icons/status_generic.gif`,
  name: status.name,
  id: status.id,
  statusCategory: showStatusCategory(view, status.category),
});

const showStatusCategory = (view: View, category: Status['category']) => ({
  self: at(view, `statuscategory/${category.id}`),
  id: Number(category.id),
  key: category.key,
  colorName: category.colorName,
  name: category.name,
});

export const showIssueType = (view: View, type: IssueType) => ({
  self: at(view, `issuetype/${type.id}`),
  id: type.id,
  description: type.description,
  iconUrl: `${view.base}/images/icons/issuetypes/${type.name.toLowerCase()}.svg`,
  name: type.name,
  subtask: type.level === -1,
  avatarId: 10300 + Number(type.id) - 10100,
  hierarchyLevel: type.level,
});

export const showLinkType = (view: View, { id, name, inward, outward }: LinkType) => ({
  id,
  name,
  inward,
  outward,
  self: at(view, `issueLinkType/${id}`),
});

export const showProjectReference = (view: View, project: Project) => ({
  self: at(view, `project/${project.id}`),
  id: project.id,
  key: project.key,
  name: project.name,
  projectTypeKey: project.type,
  simplified: false,
  avatarUrls: avatars(view, project.key),
});

export const showVersion = (view: View, project: Project, version: Version) => {
  const { id, name, description, released, archived, startDate, releaseDate } = version;
  return {
    self: at(view, `version/${id}`),
    id,
    ...(description !== undefined && { description }),
    name,
    archived,
    released,
    ...(startDate !== undefined && { startDate }),
    ...(releaseDate !== undefined && { releaseDate }),
    ...(releaseDate !== undefined &&
      !released && { overdue: !archived && releaseDate < dayIn(view.site, view.site.now()) }),
    projectId: Number(project.id),
  };
};

export const showComponent = (view: View, { id, name }: Named) => ({ self: at(view, `component/${id}`), id, name });

export const showOption = (view: View, { id, name, children }: Option): object => ({
  self: at(view, `customFieldOption/${id}`),
  value: name,
  id,
  ...(children && { children: children.map(child => showOption(view, child)) }),
});

/** Its members that have no value are not there. */
const sprintDates = ({ start, end, completed, goal }: Sprint) => ({
  ...(start !== undefined && { startDate: new Date(start).toISOString() }),
  ...(end !== undefined && { endDate: new Date(end).toISOString() }),
  ...(completed !== undefined && { completeDate: new Date(completed).toISOString() }),
  ...(goal !== undefined && { goal }),
});

/** A sprint in the field of an issue that is, or was, in it. */
const showIssuesSprint = (sprint: Sprint) => {
  const { id, name, state, boardId } = sprint;
  return { id: Number(id), name, state, ...(boardId && { boardId: Number(boardId) }), ...sprintDates(sprint) };
};

export const showSprint = ({ base }: View, sprint: Sprint) => {
  const { id, name, state, boardId } = sprint;
  return {
    id: Number(id),
    self: `${base}/rest/agile/1.0/sprint/${id}`,
    state,
    name,
    ...sprintDates(sprint),
    ...(boardId && { originBoardId: Number(boardId) }),
  };
};

export const showComment = (view: View, issue: Issue, comment: Comment) => ({
  self: at(view, `issue/${issue.id}/comment/${comment.id}`),
  id: comment.id,
  author: showPersonById(view, comment.authorId),
  body: comment.body,
  updateAuthor: showPersonById(view, comment.edited?.by ?? comment.authorId),
  created: timestamp(view.site, comment.created),
  updated: timestamp(view.site, comment.edited?.at ?? comment.created),
  jsdPublic: comment.isPublic,
  ...visibleTo(comment),
});

function visibleTo({ role, group }: Restricted) {
  if (role !== undefined) return { visibility: { type: 'role', value: role, identifier: role } };
  return group === undefined ? {} : { visibility: { type: 'group', value: group, identifier: group } };
}

export const showWorklog = (view: View, issue: Issue, worklog: Worklog) => ({
  self: at(view, `issue/${issue.id}/worklog/${worklog.id}`),
  author: showPersonById(view, worklog.authorId),
  updateAuthor: showPersonById(view, worklog.authorId),
  ...(worklog.comment ? { comment: worklog.comment } : {}),
  created: timestamp(view.site, worklog.created),
  updated: timestamp(view.site, worklog.created),
  started: timestamp(view.site, worklog.started),
  timeSpent: duration(worklog.seconds),
  timeSpentSeconds: worklog.seconds,
  id: worklog.id,
  issueId: issue.id,
  ...visibleTo(worklog),
});

export const showAttachment = (view: View, attachment: Attachment) => ({
  self: at(view, `attachment/${attachment.id}`),
  id: attachment.id,
  filename: attachment.filename,
  author: showPersonById(view, attachment.authorId),
  created: timestamp(view.site, attachment.created),
  size: attachment.size,
  mimeType: attachment.mimeType,
  content: at(view, `attachment/content/${attachment.id}`),
});

export const showHistory = (view: View, { id, authorId, created, items, metadata }: History) => ({
  id,
  author: showPersonById(view, authorId),
  created: timestamp(view.site, created),
  items,
  ...(metadata && { historyMetadata: metadata }),
});

export const showTransition = (view: View, transition: Transition) => ({
  id: transition.id,
  name: transition.name,
  to: view.site.statuses.filter(({ id }) => id === transition.to).map(status => showStatus(view, status))[0],
  hasScreen: transition.fields.length > 0,
  isGlobal: false,
  isInitial: false,
  isAvailable: true,
  isConditional: transition.onlyFor !== undefined,
  looped: false,
});

/** An issue as links, parents and sub-tasks show it. */
const showNeighbour = (view: View, issue: Issue) => {
  const { site } = view;
  const { summary, priority } = issue.values;
  return {
    id: issue.id,
    key: issue.key,
    self: at(view, `issue/${issue.id}`),
    fields: {
      summary,
      status: showStatus(view, statusOf(site, issue)),
      priority: showNamed(site.priorities, priority, each => showPriority(view, each)),
      issuetype: showIssueType(view, typeOf(site, issue)),
    },
  };
};

const showLink = (view: View, issue: Issue, link: Link) => ({
  id: link.id,
  self: at(view, `issueLink/${link.id}`),
  type: view.site.linkTypes.filter(({ id }) => id === link.typeId).map(type => showLinkType(view, type))[0],
  ...(link.sourceId === issue.id
    ? { outwardIssue: showNeighbour(view, issueById(view.site, link.targetId)) }
    : { inwardIssue: showNeighbour(view, issueById(view.site, link.sourceId)) }),
});

function showTimeTracking(issue: Issue) {
  const spent = issue.worklogs.reduce((sum, { seconds }) => sum + seconds, 0);
  const { original, remaining } = estimatesOf(issue);
  return {
    ...(original !== null && { originalEstimate: duration(original), originalEstimateSeconds: original }),
    ...(remaining !== null && { remainingEstimate: duration(remaining), remainingEstimateSeconds: remaining }),
    ...(spent > 0 && { timeSpent: duration(spent), timeSpentSeconds: spent }),
  };
}

/** Seconds as Jira writes them: weeks of five days of eight hours. */
function duration(seconds: number): string {
  let left = Math.round(seconds / 60);
  const parts: string[] = [];
  for (const [unit, minutes] of [
    ['w', 2400],
    ['d', 480],
    ['h', 60],
    ['m', 1],
  ] as const) {
    const count = Math.floor(left / minutes);
    if (count > 0) parts.push(`${count}${unit}`);
    left -= count * minutes;
  }
  return parts.join(' ') || '0m';
}

/** The first page of a list, in the shape of the comment and worklog fields. */
const wholePage = <T extends string>(name: T, items: unknown[], limit: number) => ({
  [name]: items.slice(0, limit),
  maxResults: Math.min(items.length, limit),
  total: items.length,
  startAt: 0,
});

/** An issue has no more in its field, however it is read. */
const MAX_WORKLOGS = 20;

/** A field's value as issue representations show it. `listLimit` cuts comments, as searches do. */
function showField(view: View, issue: Issue, field: Field, listLimit: number): unknown {
  const { site } = view;
  const value = issue.values[field.id] ?? null;
  const project = projectOf(site, issue);
  switch (field.id) {
    case 'project':
      return showProjectReference(view, project);
    case 'issuetype':
      return showIssueType(view, typeOf(site, issue));
    case 'status':
      return showStatus(view, statusOf(site, issue));
    case 'statusCategory':
      return showStatusCategory(view, statusOf(site, issue).category);
    case 'resolution':
      return showNamed(site.resolutions, value, each => showResolution(view, each));
    case 'priority':
      return showNamed(site.priorities, value, each => showPriority(view, each));
    case 'creator':
      return showPersonById(view, issue.creatorId);
    case 'parent':
      return showParent(view, value);
    case 'components':
      return showAll(project.components, value, each => showComponent(view, each));
    case 'fixVersions':
      return showAll(project.versions, value, each => showVersion(view, project, each));
    case 'created':
    case 'updated':
      return timestamp(site, issue[field.id]);
    case 'resolutiondate':
      return issue.resolved === undefined ? null : timestamp(site, issue.resolved);
    case 'subtasks':
      return childrenOf(site, issue)
        .filter(child => typeOf(site, child).level === -1)
        .map(child => showNeighbour(view, child));
    case 'issuelinks':
      return linksOf(site, issue).map(link => showLink(view, issue, link));
    case 'attachment':
      return shownAttachments(site, issue).map(attachment => showAttachment(view, attachment));
    case 'timetracking':
      return showTimeTracking(issue);
    case 'timeoriginalestimate':
    case 'timeestimate':
    case 'timespent':
      return timesOf(issue)[field.id];
    case 'watches': {
      const { watcherIds = [] } = issue;
      const isWatching = watcherIds.includes(site.me.accountId);
      return { self: at(view, `issue/${issue.key}/watchers`), watchCount: watcherIds.length, isWatching };
    }
    case 'votes':
      // Nobody votes here.
      return { self: at(view, `issue/${issue.key}/votes`), votes: 0, hasVoted: false };
    case 'comment': {
      const comments = readableComments(site, issue).map(comment => showComment(view, issue, comment));
      return { ...wholePage('comments', comments, listLimit), self: at(view, `issue/${issue.id}/comment`) };
    }
    case 'worklog':
      return wholePage(
        'worklogs',
        shownWorklogs(site, issue).map(worklog => showWorklog(view, issue, worklog)),
        MAX_WORKLOGS,
      );
  }
  switch (field.kind) {
    case 'user':
      return showPersonById(view, value);
    case 'option':
      return showNamed(choicesOf(site, field) ?? [], value, each => showOption(view, each));
    case 'optionList':
      return value === null ? null : showAll(choicesOf(site, field) ?? [], value, each => showOption(view, each));
    case 'optionWithChild':
      return showCascade(view, choicesOf(site, field) ?? [], value);
    case 'team': {
      const team = choicesOf(site, field)?.find(({ id }) => id === value);
      return team ? { id: team.id, name: team.name, title: team.name, isVisible: true, isShared: true } : null;
    }
    case 'sprint':
      return value === null ? null : showAll(site.sprints, value, showIssuesSprint);
    case 'labels':
      return value ?? [];
    case 'requestType':
    case 'organizations':
    case 'people':
    case 'approvals':
    case 'sla':
      return showRequestField(view, issue, field);
    default:
      return value;
  }
}

/** A parent that the viewer may not see is not told. */
function showParent(view: View, parentId: unknown) {
  const parent = view.site.issues.find(({ id }) => id === parentId);
  return parent && showNeighbour(view, parent);
}

/** An option, and the child option that is chosen with it. */
function showCascade(view: View, options: readonly Option[], value: unknown) {
  if (!Array.isArray(value)) return null;
  const [parent, child] = [options.find(({ id }) => id === value[0]), value[1]];
  if (!parent) return null;
  const { children: _, ...shown } = { ...parent };
  const chosen = parent.children?.find(({ id }) => id === child);
  return { ...showOption(view, shown), ...(chosen && { child: showOption(view, chosen) }) };
}

function showNamed<T extends Named, R>(list: readonly T[], id: unknown, show: (each: T) => R): R | null {
  const found = list.find(each => each.id === id);
  return found ? show(found) : null;
}

function showAll<T extends Named, R>(list: readonly T[], ids: unknown, show: (each: T) => R): R[] {
  return list.filter(each => Array.isArray(ids) && ids.includes(each.id)).map(show);
}

/** The fields that a request's `fields` names: ids, or `*all`. */
export function chosenFields(site: Site, names: string[], byDefault?: '*all'): Field[] {
  const isAll = names.includes('*all') || (names.length === 0 && byDefault === '*all');
  return site.fields.filter(({ id }) => isAll || names.includes(id));
}

export interface IssueViewOptions {
  fields: Field[];
  expand: string[];
  /** How many comments are shown. */
  listLimit: number;
  /** How many changes `expand=changelog` shows, newest first. */
  historyLimit: number;
  /** The keys of the properties that are shown of those that there are. */
  properties?: string[] | undefined;
}

export function showIssue(
  view: View,
  issue: Issue,
  { fields: shown, expand, listLimit, historyLimit, properties }: IssueViewOptions,
) {
  const histories = issue.histories.toReversed().slice(0, historyLimit);
  return {
    expand: 'renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations',
    id: issue.id,
    self: at(view, `issue/${issue.id}`),
    key: issue.key,
    ...(expand.includes('changelog') && {
      changelog: {
        startAt: 0,
        maxResults: histories.length,
        total: issue.histories.length,
        histories: histories.map(history => showHistory(view, history)),
      },
    }),
    ...(expand.includes('names') && { names: Object.fromEntries(shown.map(field => [field.id, field.name])) }),
    ...(expand.includes('schema') && { schema: Object.fromEntries(shown.map(field => [field.id, field.schema])) }),
    ...(expand.includes('transitions') && {
      transitions: myTransitions(view.site, issue).map(transition => showTransition(view, transition)),
    }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(issue.properties).filter(([key]) => properties.includes(key))),
    }),
    fields: Object.fromEntries(shown.map(field => [field.id, showField(view, issue, field, listLimit)])),
  };
}
