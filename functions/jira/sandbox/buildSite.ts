import { addComment, addLink, addWorklog, bringHere, createIssue, editIssue, moveIssue } from './changes.ts';
import type { DataFiles, IssueFile, VisibilityFile } from './dataFiles.ts';
import { readTime } from './dataTime.ts';
import type { RequestDetails } from './deskFile.ts';
import { emptySite } from './emptySite.ts';
import { readChange, readText } from './issueValues.ts';
import type { Act, FieldValue, Instant, Issue, IssueType, Project, Restricted, Status } from './model.ts';
import { below, createReferences, type Place, type References } from './references.ts';
import { deskOf, fieldOfKind, finalDecision } from './requests.ts';
import { findIssue, findProject, type Site, typesOf } from './site.ts';

const minute = 60_000;

const outsideLife = 'is not between the creation of the issue and the start of the sandbox';

/** Something that happened to the site. */
interface Event {
  at: Instant;
  happen(): void;
}

/** An issue of the data with what it refers to. */
interface Entry {
  data: IssueFile;
  place: Place;
  created: Instant;
  project: Project;
  type: IssueType;
}

/**
 * Makes the site that the data files describe, as it is when the clock tells now: equal data and an equal time give an
 * equal site. What happened to its issues is carried out in order of time, so that the changelogs tell of it.
 * @throws Error with a line for each fault: its file, place and what is wrong
 */
export function buildSite(files: DataFiles, now: () => Instant): Site {
  const references = createReferences(files);
  const start = now();
  const site = emptySite(files, references, { now, start });
  references.throwProblems();

  const entries = entriesOf(site, files, references, start);
  const events = [
    ...entries.flatMap(entry => lifeOf(site, entry, references, start)),
    ...entries.flatMap(entry => particularsOf(site, entry, entries, references, start)),
  ];
  for (const entry of entries) checkParents(site, entry, entries, references, start);
  references.throwProblems();
  for (const event of events.sort((left, right) => left.at - right.at)) event.happen();
  attachFiles(site, entries, files, references, start);
  for (const entry of entries) moveHere(site, entry, references, start);
  for (const { data, place } of entries) {
    const issue = issueOf(site, data.key);
    issue.frozen = data.frozen;
    issue.isRequest = data.isRequest;
    if (data.security) {
      issue.security = data.security.map(
        (email, nth) => references.person(below(below(place, 'security'), nth), email)?.accountId ?? '',
      );
    }
    issue.remoteLinks = data.remoteLinks.map(({ globalId, url, title, application }) => ({
      id: site.nextId(),
      globalId,
      application: { name: application },
      object: { url, title },
    }));
    setRequest(site, issue, data.request, place, references);
  }
  references.throwProblems();
  return site;
}

function entriesOf(site: Site, files: DataFiles, { report, named }: References, start: Instant): Entry[] {
  const placed = [
    ...files.issues.map((data, at) => ({ data, place: below({ file: 'issues.json', path: '' }, at) })),
    ...files.requests.map((data, at) => ({ data, place: below({ file: 'requests.json', path: '' }, at) })),
  ];
  return placed.flatMap(({ data, place }): Entry[] => {
    const projectKey = data.key.replace(/-\d+$/, '');
    const project = findProject(site, projectKey);
    if (!project) report(below(place, 'key'), `there is no project '${projectKey}'`);
    const types = project ? typesOf(site, project) : site.issueTypes;
    const type = named(below(place, 'type'), 'issue type', types, data.type);
    const created = timeOf(site, data.created, start);
    if (created > start) report(below(place, 'created'), 'is after the start of the sandbox');
    return project && type ? [{ data, place, created, project, type }] : [];
  });
}

/** An issue is created, assigned, and moves through the statuses until its last. */
function lifeOf(site: Site, entry: Entry, references: References, start: Instant): Event[] {
  const { data, place, created, project, type } = entry;
  const { key, reporter, status, statusChanged, resolution, ...written } = data;
  const { report, named, person } = references;
  const reporterId = person(below(place, 'reporter'), reporter)?.accountId ?? '';
  const { assignee = null, ...values } = readChange(site, written, { place, type, project, start, references });
  const path = status === undefined ? [] : pathTo(site, named(below(place, 'status'), 'status', site.statuses, status));
  const isDone = path.at(-1)?.category.key === 'done';
  const resolutionId =
    resolution === undefined
      ? site.defaultResolution.id
      : named(below(place, 'resolution'), 'resolution', site.resolutions, resolution)?.id;
  if (resolution !== undefined && !isDone) report(below(place, 'resolution'), 'belongs to issues that are done');
  if ((statusChanged !== undefined) !== path.length > 0) {
    report(below(place, 'statusChanged'), 'belongs to issues that have left the first status, and to each of them');
  }
  const changed = statusChanged === undefined ? created : timeOf(site, statusChanged, start);
  if (changed < created || changed > start) {
    report(below(place, 'statusChanged'), outsideLife);
  }

  // Whole minutes, counted from the start.
  const between = (part: number) =>
    start - Math.round((start - created - (changed - created) * part) / minute) * minute;
  const creation: Event = {
    at: created,
    happen() {
      const first = { ...withParentId(site, values), issuetype: type.id, assignee: path.length > 0 ? null : assignee };
      createIssue(site, project, first, { by: reporterId, at: created }, key);
    },
  };
  const assignedAt = between(1 / (path.length + 1) / 2);
  const assignment: Event = {
    at: assignedAt,
    happen: () => editIssue(site, issueOf(site, key), { assignee }, { by: reporterId, at: assignedAt }),
  };
  const moves = path.map(({ id, category }, index): Event => {
    const at = between((index + 1) / path.length);
    const by = typeof assignee === 'string' ? assignee : reporterId;
    const set: Record<string, FieldValue> = category.key === 'done' ? { resolution: resolutionId ?? null } : {};
    return { at, happen: () => moveIssue(site, issueOf(site, key), id, set, { by, at }) };
  });
  return [creation, ...(assignee !== null && path.length > 0 ? [assignment] : []), ...moves];
}

/** The statuses from the first one to this, in the order in which the site lists them, without others that are done. */
function pathTo({ statuses }: Site, status: Status | undefined): Status[] {
  if (!status) return [];
  return statuses
    .slice(1, 1 + statuses.indexOf(status))
    .filter(each => each === status || each.category.key !== 'done');
}

/** Comments, changes, work and links. */
function particularsOf(site: Site, entry: Entry, entries: Entry[], references: References, start: Instant): Event[] {
  const { data, place, created, project, type } = entry;
  const { report, named, person } = references;
  const issue = () => issueOf(site, data.key);
  const events: Event[] = [];
  const add = <T extends { at: string; by: string }>(
    list: 'comments' | 'changes' | 'worklogs' | 'links',
    items: readonly T[],
    read: (item: T, itemPlace: Place, at: Instant) => (act: Act) => void,
  ) => {
    for (const [nth, item] of items.entries()) {
      const itemPlace = below(below(place, list), nth);
      const at = timeOf(site, item.at, start);
      if (at < created || at > start) {
        report(below(itemPlace, 'at'), outsideLife);
      }
      const by = person(below(itemPlace, 'by'), item.by)?.accountId ?? '';
      const happen = read(item, itemPlace, at);
      events.push({ at, happen: () => happen({ by, at }) });
    }
  };

  add('comments', data.comments, ({ body, public: isPublic, visibility }, itemPlace) => {
    const document = readText(site, body, { place: below(itemPlace, 'body'), start, references });
    const restricted = restrictionOf(site, project, visibility, itemPlace, references);
    return act => addComment(site, issue(), document, act, { isPublic, ...restricted });
  });
  add('changes', data.changes, ({ set: { status, resolution, ...set } }, itemPlace) => {
    const setPlace = below(itemPlace, 'set');
    const values = readChange(site, set, { place: setPlace, type, project, start, references });
    const target = status === undefined ? undefined : named(below(setPlace, 'status'), 'status', site.statuses, status);
    if (resolution !== undefined) {
      const found = named(below(setPlace, 'resolution'), 'resolution', site.resolutions, resolution);
      if (found) values.resolution = found.id;
      if (target?.category.key !== 'done') report(below(setPlace, 'resolution'), 'goes with a status that is done');
    }
    return act => {
      const change = withParentId(site, values);
      if (target) moveIssue(site, issue(), target.id, change, act);
      else editIssue(site, issue(), change, act);
    };
  });
  add('worklogs', data.worklogs, ({ minutes, started, comment, visibility }, itemPlace, at) => {
    const work = {
      seconds: minutes * 60,
      started: started === undefined ? at - minutes * minute : timeOf(site, started, start),
      comment:
        comment === undefined
          ? undefined
          : readText(site, comment, { place: below(itemPlace, 'comment'), start, references }),
      ...restrictionOf(site, project, visibility, itemPlace, references),
    };
    return act => addWorklog(site, issue(), work, act);
  });
  add('links', data.links, ({ type: name, to }, itemPlace, at) => {
    const linkType = named(below(itemPlace, 'type'), 'link type', site.linkTypes, name);
    const target = entries.find(other => other.data.key === to);
    if (!target) report(below(itemPlace, 'to'), `there is no issue '${to}'`);
    else if (target === entry) report(below(itemPlace, 'to'), 'is the issue itself');
    else if (target.created > at) report(below(itemPlace, 'at'), `is before the creation of ${to}`);
    return act => linkType && addLink(site, linkType, issue(), issueOf(site, to), act);
  });
  return events;
}

/** To whom something is restricted; a role or group that is not there is reported. */
function restrictionOf(
  { groups }: Site,
  { roles }: Project,
  visibility: VisibilityFile | undefined,
  place: Place,
  { named }: References,
): Restricted {
  if (!visibility) return {};
  const { type, value } = visibility;
  const list = Object.keys(type === 'role' ? roles : groups).map(name => ({ id: name, name }));
  named(below(below(place, 'visibility'), 'value'), type, list, value);
  return { [type]: value };
}

/** Lets an issue have come from other projects: its keys there lead to it, and its history tells of each move. */
function moveHere(site: Site, { data, place, created, project }: Entry, references: References, start: Instant): void {
  const issue = issueOf(site, data.key);
  for (const [nth, { at: written, by, key }] of data.movedFrom.entries()) {
    const movePlace = below(below(place, 'movedFrom'), nth);
    const at = timeOf(site, written, start);
    if (at < created || at > start) references.report(below(movePlace, 'at'), outsideLife);
    const from = findProject(site, key.replace(/-\d+$/, ''));
    if (!from) references.report(below(movePlace, 'key'), `there is no project of '${key}'`);
    else if (findIssue(site, key)) references.report(below(movePlace, 'key'), `'${key}' is the key of another issue`);
    const next = data.movedFrom[nth + 1]?.key ?? data.key;
    const to = findProject(site, next.replace(/-\d+$/, '')) ?? project;
    const authorId = references.person(below(movePlace, 'by'), by)?.accountId ?? '';
    if (from) bringHere(site, issue, { from, to, key, next }, { by: authorId, at });
  }
}

/** Reports parents that are missing, of the wrong level, or created after their children. */
function checkParents(site: Site, entry: Entry, entries: Entry[], { report }: References, start: Instant): void {
  const { data, place, created, type } = entry;
  const check = (parent: string, at: Instant, parentPlace: Place) => {
    const other = entries.find(each => each.data.key === parent);
    if (!other) report(parentPlace, `there is no issue '${parent}'`);
    else if (other.type.level !== type.level + 1) {
      report(parentPlace, `${parent} is of type ${other.type.name}, which cannot be the parent of a ${type.name}`);
    } else if (other.created > at) report(parentPlace, `${parent} is created later`);
  };
  if (data.parent) check(data.parent, created, below(place, 'parent'));
  else if (type.level === -1) report(place, `an issue of type ${type.name} needs a parent`);
  for (const [nth, { at, set }] of data.changes.entries()) {
    const parentPlace = below(below(below(place, 'changes'), nth), 'set.parent');
    if (set.parent) check(set.parent, timeOf(site, at, start), parentPlace);
  }
}

/** Gives an issue what only a request has: its type, participants, organisations and approvals. */
function setRequest(
  site: Site,
  issue: Issue,
  details: RequestDetails | undefined,
  place: Place,
  { named, person, report }: References,
): void {
  if (!details) return;
  const inRequest = below(place, 'request');
  const desk = deskOf(site, issue);
  if (!desk) {
    report(inRequest, 'belongs to issues that are requests of a service desk');
    return;
  }
  const set = (kind: 'requestType' | 'organizations' | 'people', value: FieldValue) => {
    const field = fieldOfKind(site, kind);
    if (field) issue.values[field.id] = value;
  };
  const idOf = (list: string, email: string, nth: number) =>
    person(below(below(inRequest, list), nth), email)?.accountId ?? '';
  const type = named(below(inRequest, 'type'), 'request type', desk.requestTypes, details.type);
  if (type && type.issueTypeId !== issue.values.issuetype) {
    report(below(inRequest, 'type'), `'${type.name}' belongs to issues of another type`);
  }
  set('requestType', type?.id ?? null);
  set(
    'people',
    details.participants.map((email, nth) => idOf('participants', email, nth)),
  );
  set(
    'organizations',
    details.organizations.map(
      (name, nth) =>
        named(below(below(inRequest, 'organizations'), nth), 'organisation', site.organizations, name)?.id ?? '',
    ),
  );
  issue.approvals = details.approvals.map(({ name, approvers }, at) => {
    const approval = {
      id: String(Number(issue.id) * 10 + at),
      name,
      created: issue.created,
      completed: undefined,
      approvers: approvers.map(({ person: email, decision }, nth) => ({
        accountId: idOf(`approvals[${at}].approvers`, email, nth),
        decision,
      })),
    };
    return { ...approval, completed: finalDecision(approval) === 'pending' ? undefined : issue.updated };
  });
}

function attachFiles(
  site: Site,
  entries: Entry[],
  { contents }: DataFiles,
  references: References,
  start: Instant,
): void {
  const { report, person } = references;
  let lastId = 10_599;
  for (const { data, place, created, project } of entries) {
    issueOf(site, data.key).attachments = data.attachments.map(
      ({ at: written, by, file, size, public: isPublic, visibility, ...named }, nth) => {
        const filePlace = below(below(place, 'attachments'), nth);
        const at = timeOf(site, written, start);
        if (at < created || at > start) {
          report(below(filePlace, 'at'), outsideLife);
        }
        lastId += 1;
        const authorId = person(below(filePlace, 'by'), by)?.accountId ?? '';
        const bytes = file === undefined ? undefined : contents.get(file);
        if (file !== undefined && !bytes) report(below(filePlace, 'file'), `there is no file 'files/${file}'`);
        return {
          id: String(lastId),
          authorId,
          created: at,
          ...named,
          size: bytes?.length ?? size ?? 0,
          bytes,
          ...(isPublic !== undefined && { isPublic }),
          ...restrictionOf(site, project, visibility, filePlace, references),
        };
      },
    );
  }
}

/** Values hold the parent's key until the parent is there. */
const withParentId = (site: Site, values: Record<string, FieldValue>): Record<string, FieldValue> =>
  typeof values.parent === 'string' ? { ...values, parent: issueOf(site, values.parent).id } : values;

function issueOf(site: Site, key: string): Issue {
  const found = findIssue(site, key);
  if (!found) throw new Error(`${key} does not exist yet`);
  return found;
}

/** The schema has seen to it that the time can be read. */
const timeOf = ({ timeZone }: Site, written: string, start: Instant): Instant =>
  readTime(written, { start, offsetMinutes: timeZone.offsetMinutes }) ?? start;
