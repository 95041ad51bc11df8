import { plainText } from './adf.ts';
import { estimatesIn, estimatesOf } from './estimates.ts';
import { choicesOf, type Field, fieldById } from './fields.ts';
import type {
  Act,
  AdfNode,
  Attachment,
  ChangeItem,
  Comment,
  FieldValue,
  Issue,
  Link,
  LinkType,
  Named,
  Project,
  TimeTracking,
  Worklog,
} from './model.ts';
import { issueById, personById, type Site } from './site.ts';

/** Creates an issue with values that have been checked; its key is the project's next unless given. */
export function createIssue(
  site: Site,
  project: Project,
  values: Record<string, FieldValue>,
  act: Act,
  key = nextKey(site, project),
): Issue {
  const issue: Issue = {
    id: site.nextId(),
    key,
    projectId: project.id,
    creatorId: act.by,
    created: act.at,
    updated: act.at,
    resolved: undefined,
    values: {
      status: site.statuses[0]?.id ?? null,
      resolution: null,
      priority: site.defaultPriority.id,
      assignee: null,
      reporter: act.by,
      labels: [],
      ...values,
    },
    comments: [],
    worklogs: [],
    attachments: [],
    histories: [],
    frozen: false,
    properties: {},
    isRequest: false,
    approvals: [],
  };
  // What remains is at first what was estimated.
  if (values.timetracking) estimate(issue, estimatesIn(values.timetracking));
  site.issues.push(issue);
  return issue;
}

function nextKey(site: Site, { id, key }: Project): string {
  // A key is given once, also where its issue has been moved to another project.
  const keys = [
    ...site.issues.filter(issue => issue.projectId === id).map(issue => issue.key),
    ...site.issues.flatMap(({ formerKeys = [] }) => formerKeys.filter(former => former.startsWith(`${key}-`))),
  ];
  const numbers = keys.map(each => Number(each.split('-')[1]));
  return `${key}-${Math.max(0, ...numbers) + 1}`;
}

/** Sets fields to values that have been checked, and logs the changes. */
export function editIssue(site: Site, issue: Issue, values: Record<string, FieldValue>, act: Act): void {
  const items: ChangeItem[] = [];
  for (const [fieldId, value] of Object.entries(values)) {
    const field = fieldById(site, fieldId);
    if (!field) throw new Error(`There is no field ${fieldId}`);
    const before = issue.values[fieldId] ?? null;
    if (field.kind === 'timetracking') {
      items.push(...estimate(issue, estimatesIn(value)));
      continue;
    }
    if (JSON.stringify(before) === JSON.stringify(value)) continue;
    issue.values[fieldId] = value;
    items.push(...changeItems(site, field, before, value));
    if (fieldId === 'resolution') issue.resolved = value === null ? undefined : act.at;
  }
  log(site, issue, items, act);
}

/** Moves an issue to a status, and sets or clears its resolution accordingly. */
export function moveIssue(
  site: Site,
  issue: Issue,
  statusId: string,
  values: Record<string, FieldValue>,
  act: Act,
): void {
  const isDone = site.statuses.find(({ id }) => id === statusId)?.category.key === 'done';
  const resolution = isDone ? (values.resolution ?? issue.values.resolution ?? site.defaultResolution.id) : null;
  editIssue(site, issue, { ...values, resolution, status: statusId }, act);
}

/** Lets an issue come from another project, where it had another key, as its history tells. */
export function bringHere(
  site: Site,
  issue: Issue,
  { from, to, key, next }: { from: Project; to: Project; key: string; next: string },
  act: Act,
): void {
  issue.formerKeys = [...(issue.formerKeys ?? []), key];
  const item = (field: string, fieldId: string, ids: [string, string] | [null, null], texts: [string, string]) => ({
    field,
    fieldtype: 'jira' as const,
    fieldId,
    from: ids[0],
    fromString: texts[0],
    to: ids[1],
    toString: texts[1],
  });
  const items = [
    item('project', 'project', [from.id, to.id], [from.name, to.name]),
    item('Key', 'issuekey', [null, null], [key, next]),
  ];
  log(site, issue, items, act);
  issue.histories.sort((one, other) => one.created - other.created);
}

export function addComment(
  site: Site,
  issue: Issue,
  body: AdfNode,
  act: Act,
  particulars: Pick<Comment, 'isPublic' | 'role' | 'group' | 'properties'> = { isPublic: true },
): Comment {
  const { isPublic, properties = {} } = particulars;
  const comment: Comment = {
    id: site.nextId(),
    authorId: act.by,
    created: act.at,
    body,
    ...particulars,
    properties: { ...(!isPublic && { 'sd.public.comment': { internal: true } }), ...properties },
  };
  issue.comments.push(comment);
  issue.updated = Math.max(issue.updated, act.at);
  return comment;
}

export function attachFile(
  site: Site,
  issue: Issue,
  file: Pick<Attachment, 'filename' | 'mimeType' | 'isPublic'> & { bytes: Uint8Array },
  act: Act,
): Attachment {
  const attachment = { id: site.nextId(), authorId: act.by, created: act.at, ...file, size: file.bytes.length };
  issue.attachments.push(attachment);
  const change = { ...logged('Attachment', null, Number(attachment.id)), toString: file.filename };
  log(site, issue, [change], act);
  return attachment;
}

export function addWorklog(
  site: Site,
  issue: Issue,
  work: Pick<Worklog, 'seconds' | 'started' | 'comment' | 'role' | 'group'>,
  act: Act,
): Worklog {
  const spent = issue.worklogs.reduce((sum, { seconds }) => sum + seconds, 0);
  const { remaining } = estimatesOf(issue);
  const estimated = remaining === null ? [] : estimate(issue, { remaining: Math.max(0, remaining - work.seconds) });
  const worklog: Worklog = { id: site.nextId(), authorId: act.by, created: act.at, ...work };
  issue.worklogs.push(worklog);
  log(
    site,
    issue,
    [
      logged('timespent', spent || null, spent + work.seconds),
      ...estimated,
      logged('WorklogId', null, Number(worklog.id)),
    ],
    act,
  );
  return worklog;
}

/** Sets the estimates that are given, and clears those that are null. What remains of an issue without work is at first what was estimated. */
function estimate(issue: Issue, { original, remaining }: Partial<TimeTracking>): ChangeItem[] {
  const before = estimatesOf(issue);
  const after: TimeTracking = {
    original: original === undefined ? before.original : original,
    remaining: remaining === undefined ? (before.remaining ?? original ?? null) : remaining,
  };
  issue.values.timetracking = after;
  return [
    ...(after.original !== before.original ? [logged('timeoriginalestimate', before.original, after.original)] : []),
    ...(after.remaining !== before.remaining ? [logged('timeestimate', before.remaining, after.remaining)] : []),
  ];
}

/** Links two issues unless they are so linked already. */
export function addLink(site: Site, type: LinkType, source: Issue, target: Issue, act: Act): Link {
  const same = site.links.find(
    link => link.typeId === type.id && link.sourceId === source.id && link.targetId === target.id,
  );
  if (same) return same;
  const link: Link = { id: site.nextId(), typeId: type.id, sourceId: source.id, targetId: target.id };
  site.links.push(link);
  log(site, source, [linked(type.outward, target)], act);
  log(site, target, [linked(type.inward, source)], act);
  return link;
}

/** A value as the changelog has it: its id and its text. */
function wording(site: Site, field: Field, value: FieldValue): { id: string | null; text: string | null } {
  if (value === null || (Array.isArray(value) && value.length === 0 && field.kind !== 'labels'))
    return { id: null, text: null };
  switch (field.kind) {
    case 'user':
      return { id: String(value), text: personById(site, value)?.displayName ?? null };
    case 'adf':
      return {
        id: null,
        text: typeof value === 'object' && !Array.isArray(value) && 'type' in value ? plainText(value) : null,
      };
    case 'labels':
      return { id: null, text: [value].flat().join(' ') };
    case 'parent':
      return { id: String(value), text: issueById(site, value).key };
    case 'string':
    case 'number':
      return { id: null, text: String(value) };
    case 'date':
      return { id: String(value), text: `${value} 00:00:00.0` };
    default: {
      const ids = [value].flat().map(String);
      const names = namesOf(site, field);
      return { id: ids.join(', '), text: ids.map(id => names.find(each => each.id === id)?.name ?? id).join(', ') };
    }
  }
}

function namesOf(site: Site, field: Field): readonly Named[] {
  if (field.kind === 'status') return site.statuses;
  if (field.kind === 'issuetype') return site.issueTypes;
  if (field.kind === 'component') return site.projects.flatMap(project => project.components);
  if (field.kind === 'version') return site.projects.flatMap(project => project.versions);
  return choicesOf(site, field) ?? [];
}

/** Jira logs each component and each version that is added or removed by itself, and of other fields the whole value. */
function changeItems(site: Site, field: Field, before: FieldValue, after: FieldValue): ChangeItem[] {
  if (field.kind !== 'component' && field.kind !== 'version') return [changeItem(site, field, before, after)];
  const [old, now] = [before, after].map(value => (Array.isArray(value) ? value : []));
  return [
    ...(old ?? []).filter(id => !now?.includes(id)).map(id => changeItem(site, field, [id], null)),
    ...(now ?? []).filter(id => !old?.includes(id)).map(id => changeItem(site, field, null, [id])),
  ];
}

function changeItem(site: Site, field: Field, before: FieldValue, after: FieldValue): ChangeItem {
  const from = wording(site, field, before);
  const to = wording(site, field, after);
  return {
    field: field.logName ?? field.id,
    fieldtype: field.schema.custom ? 'custom' : 'jira',
    fieldId: field.id,
    from: from.id,
    fromString: from.text,
    to: to.id,
    toString: to.text,
  };
}

function logged(field: string, before: number | null, after: number | null): ChangeItem {
  const [from, to] = [before === null ? null : String(before), after === null ? null : String(after)];
  return { field, fieldtype: 'jira', fieldId: field, from, fromString: from, to, toString: to };
}

const linked = (phrase: string, other: Issue): ChangeItem => ({
  field: 'Link',
  fieldtype: 'jira',
  fieldId: 'issuelinks',
  from: null,
  fromString: null,
  to: other.key,
  toString: `This work item ${phrase} ${other.key}`,
});

function log(site: Site, issue: Issue, items: ChangeItem[], act: Act): void {
  if (items.length === 0) return;
  const { by: authorId, at: created, metadata } = act;
  issue.histories.push({ id: site.nextId(), authorId, created, items, ...(metadata && { metadata }) });
  issue.updated = Math.max(issue.updated, act.at);
}
