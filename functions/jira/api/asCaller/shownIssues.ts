import * as z from 'zod';
import { filesAttachedWith, filesShownIn, hiddenFiles } from '../hiddenFiles.ts';
import { dateOf, SERVICE_PROJECT } from '../issue.ts';
import { issueKeyForm, projectOfKey } from '../openQuery.ts';
import type { Candidate, Guard } from './guard.ts';
import { portalFields } from './portalFields.ts';
import { shownComments, shownWorklogs } from './restrictedTexts.ts';

/**
 * Issues as an answer of Jira tells them, without those that the account may not browse, and without what they tell of others:
 * their parents, sub-tasks and links, custom fields that name issues, and what their histories name.
 */

/** @param withFields whether the fields were asked for; without them, an answer of keys alone is checked and nothing more */
export async function shownIssues(answers: readonly unknown[], guard: Guard): Promise<ShownIssue[]> {
  const issues = answers.map(answer => anyIssue.parse(answer));
  const candidates = issues.map(candidateOf);
  const shown = await guard.mayBrowse([...candidates, ...issues.flatMap(({ fields }) => relatives(fields))]);
  const own = issues.filter(({ id }) => shown.has(id));
  for (const issue of own) takeNote(issue, guard);
  const browsable = await guard.browsableKeys(own.flatMap(issue => [...namedKeys(issue)]));
  const isShown = (key: string) => {
    const id = guard.memory.ids.get(key.toUpperCase());
    return browsable.has(key.toUpperCase()) || (id !== undefined && shown.has(id));
  };
  const projects = await shownProjects(
    own.flatMap(({ changelog }) => changelog?.histories ?? []),
    guard,
  );
  const isOnPortal = own.some(({ id }) => guard.isAsCustomer(id)) ? await portalFields(guard) : undefined;
  return own.map(issue => {
    const asCustomer = guard.isAsCustomer(issue.id);
    const { attachment, ...seen } = shownFields(issue.fields ?? {}, {
      isShown,
      isAsCustomer: asCustomer,
      accountId: guard.accountId,
    });
    const fields =
      asCustomer && isOnPortal ? Object.fromEntries(Object.entries(seen).filter(([id]) => isOnPortal(id))) : seen;
    for (const { id } of attachment ?? []) guard.memory.files.add(id);
    const areAllOpen = issue.fields?.issuelinks?.every(({ inwardIssue, outwardIssue }) =>
      [inwardIssue, outwardIssue].every(other => !other?.key || isShown(other.key)),
    );
    if (areAllOpen === false) guard.memory.cutLinks.add(issue.id);
    const files = new Set((attachment ?? []).map(({ id }) => id));
    // A portal shows no history.
    const histories = (asCustomer ? [] : issue.changelog?.histories)?.map(history =>
      shownHistory(history, {
        isShown,
        isShownProject: key => projects.has(key.toUpperCase()),
        isShownFile: id => files.has(id),
      }),
    );
    return {
      id: issue.id,
      key: issue.key,
      ...(issue.fields && { fields: { ...fields, ...(attachment && { attachment }) } }),
      ...(issue.names !== undefined && { names: issue.names }),
      ...(issue.schema !== undefined && { schema: issue.schema }),
      ...(issue.transitions !== undefined && { transitions: issue.transitions }),
      ...(issue.properties !== undefined && { properties: issue.properties }),
      ...(histories && issue.changelog && { changelog: { ...issue.changelog, histories } }),
    };
  });
}

/** An issue that was shown need not be looked up again to be changed. */
function takeNote({ id, key, fields }: AnyIssue, { memory }: Guard): void {
  const project = fields?.project;
  if (!project?.id || project.projectTypeKey == null) return;
  const seen = {
    id,
    key,
    projectId: project.id,
    projectKey: project.key,
    isInServiceProject: project.projectTypeKey === SERVICE_PROJECT,
    isAsCustomer: memory.issues.get(id) === 'customer',
  };
  for (const name of [key, id]) memory.seen.set(name.toUpperCase(), seen);
}

export interface ShownIssue {
  id: string;
  key: string;
  fields?: Record<string, unknown>;
  [part: string]: unknown;
}

function candidateOf({ id, key, fields }: AnyIssue): Candidate {
  return {
    id,
    key,
    projectType: fields?.project?.projectTypeKey ?? undefined,
    reporterId: fields?.reporter?.accountId ?? undefined,
  };
}

/** The issues that the fields of an issue tell by ID and key. */
function relatives(fields: Fields | null | undefined): Candidate[] {
  if (!fields) return [];
  const links = (fields.issuelinks ?? []).flatMap(({ inwardIssue, outwardIssue }) => [inwardIssue, outwardIssue]);
  return [fields.parent, ...(fields.subtasks ?? []), ...links].flatMap(other =>
    other?.id && other.key ? [{ id: other.id, key: other.key }] : [],
  );
}

/** The keys that an issue tells without an ID: in custom fields, and in its history. */
function namedKeys({ fields, changelog }: AnyIssue): Set<string> {
  const keys = new Set<string>();
  for (const [id, value] of Object.entries(fields ?? {})) {
    if (id.startsWith('customfield_')) for (const key of issueKeysOf(value)) keys.add(key);
  }
  for (const key of keysInHistories(changelog?.histories ?? [])) keys.add(key);
  return keys;
}

interface Seeing {
  isShown(key: string): boolean;
  isAsCustomer: boolean;
  accountId: string;
}

/** Sums over the sub-tasks, which would count those that are not shown. */
const sums = /^aggregate/;

function shownFields(fields: Fields, { isShown, isAsCustomer, accountId }: Seeing): Fields {
  const isOpen = (other: z.output<typeof reference> | null | undefined) => !other?.key || isShown(other.key);
  const { parent, subtasks, issuelinks, comment, worklog, attachment, ...others } = fields;
  const shownSubtasks = subtasks?.filter(isOpen);
  const isWhole = shownSubtasks?.length === subtasks?.length && subtasks != null;
  const kept = Object.entries(others).filter(([id, value]) => {
    if (sums.test(id)) return isWhole;
    return !id.startsWith('customfield_') || [...issueKeysOf(value)].every(isShown);
  });
  const files = attachment && withoutHiddenFiles(fields, { isAsCustomer, accountId });
  return {
    ...Object.fromEntries(kept),
    ...(parent !== undefined && isOpen(parent) && { parent }),
    ...(shownSubtasks && { subtasks: shownSubtasks }),
    ...(issuelinks && {
      issuelinks: issuelinks.filter(({ inwardIssue, outwardIssue }) => isOpen(inwardIssue) && isOpen(outwardIssue)),
    }),
    ...(comment && { comment: shownComments(comment, isAsCustomer) }),
    ...(worklog && { worklog: shownWorklogs(worklog, isAsCustomer) }),
    ...(files && { attachment: files }),
  };
}

/**
 * The files that no restricted text alone shows. Where not all of its comments are known, none is for sure. Customers see those
 * of customers, and of others those that their request or a public comment shows.
 */
function withoutHiddenFiles(
  fields: Fields,
  { isAsCustomer, accountId }: Pick<Seeing, 'isAsCustomer' | 'accountId'>,
): Fields['attachment'] {
  const { comment, worklog, attachment, ...others } = fields;
  const all = attachment ?? [];
  const isWhole = (total: number | null | undefined, list: readonly unknown[] | null | undefined) =>
    list != null && (total ?? list.length) <= list.length;
  if (!isWhole(comment?.total, comment?.comments) || !isWhole(worklog?.total, worklog?.worklogs)) return [];
  const comments = (comment?.comments ?? []).map(each => ({
    document: each.body,
    isRestricted: each.visibility != null || (isAsCustomer && each.jsdPublic !== true),
    authorId: each.author?.accountId ?? undefined,
    createdAt: dateOf(each.created),
    editedAt: dateOf(each.updated),
  }));
  const worklogs = (worklog?.worklogs ?? []).map(each => ({
    document: each.comment,
    isRestricted: each.visibility != null || isAsCustomer,
    authorId: each.author?.accountId ?? undefined,
    createdAt: dateOf(each.created),
    editedAt: dateOf(each.updated),
  }));
  const files = all.map(file => ({
    file,
    id: file.id,
    name: file.filename ?? '',
    createdAt: dateOf(file.created),
    mediaId: file.mediaApiFileId ?? undefined,
    authorId: file.author?.accountId ?? undefined,
  }));
  const texts = [...comments, ...worklogs];
  const open = texts.filter(({ isRestricted }) => !isRestricted).map(({ document }) => document);
  if (isAsCustomer) {
    const shown = filesShownIn(files, [...open, others.description]);
    const isCustomers = ({ author }: (typeof all)[number]) =>
      author?.accountType === 'customer' ||
      (author?.accountId != null && [others.reporter?.accountId, accountId].includes(author.accountId));
    return files.filter(each => shown.has(each) || isCustomers(each.file)).map(({ file }) => file);
  }
  const hidden = hiddenFiles(files, texts, Object.values(others));
  const attached = filesAttachedWith(files, texts, [...open, ...Object.values(others)]);
  return files.filter(each => !hidden.has(each) && !attached.has(each)).map(({ file }) => file);
}

/** The keys of issues that the value of a custom field holds: by itself, in a list, or as what stands for an issue. */
function issueKeysOf(value: unknown): Set<string> {
  const keys = new Set<string>();
  const left: unknown[] = [value];
  // A document is a text, which says what its author wrote.
  if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'doc') return keys;
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part === 'string' && issueKeyForm.test(part)) keys.add(part);
    else if (Array.isArray(part)) for (const item of part) left.push(item);
    else if (typeof part === 'object' && part !== null) for (const item of Object.values(part)) left.push(item);
  }
  return keys;
}

const keyInText = /\b[A-Z][A-Z0-9_]{1,254}-\d{1,18}\b/g;

/** Fields whose history names other issues. */
const referring = new Set([
  'link',
  'parent',
  'issueparentassociation',
  'epic link',
  'epic child',
  'parent link',
  'subtask',
  'sub-task',
]);
/** A key, or a list of keys, and nothing else. */
const keysAlone = /^[A-Z][A-Z0-9_]{1,254}-\d{1,18}(?:, ?[A-Z][A-Z0-9_]{1,254}-\d{1,18})*$/;
/** Texts that say what their author wrote, and fields whose values are no issues, however they are called. */
const written = new Set([
  ...['summary', 'description', 'environment', 'labels', 'status', 'resolution', 'priority', 'issuetype', 'security'],
  ...['fix version', 'version', 'component', 'sprint', 'assignee', 'reporter', 'duedate', 'rank', 'attachment'],
]);
/** And the project that the issue was in before. */
const moving = new Set(['key', 'project']);
/** Removed texts, of which nobody can tell to whom they were restricted. */
const removed = new Set(['comment', 'worklogid', 'worklogtimespent']);

export function keysInHistories(histories: readonly History[]): Set<string> {
  return new Set(
    histories.flatMap(({ items }) => (items ?? []).flatMap(item => (isReferring(item) ? keysOf(item) : []))),
  );
}

/** Fields of apps and plans hold issues, too, by whatever name. */
function isReferring({ field, from, to, fromString, toString: toText }: HistoryItem): boolean {
  const name = field?.toLowerCase() ?? '';
  if (referring.has(name)) return true;
  return (
    !written.has(name) && !moving.has(name) && [from, to, fromString, toText].some(each => keysAlone.test(each ?? ''))
  );
}

/** A key may be told as the value itself, too. */
function keysOf({ from, to, fromString, toString: toText }: HistoryItem): string[] {
  return [from, to, fromString, toText].flatMap(text => (text ?? '').match(keyInText) ?? []);
}

/** The projects, by key or ID in upper case, that histories tell that their issues were in, as far as they may be browsed. */
export async function shownProjects(histories: readonly History[], guard: Guard): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for (const item of histories.flatMap(({ items }) => items ?? [])) {
    for (const project of projectsOf(item)) named.add(project.toUpperCase());
  }
  const shown = await Promise.all([...named].map(async name => ((await guard.isShownProject(name)) ? [name] : [])));
  return new Set(shown.flat());
}

function projectsOf(item: HistoryItem): string[] {
  const field = item.field?.toLowerCase();
  if (field === 'project') return [item.from, item.to].flatMap(id => id ?? []);
  return field === 'key' ? keysOf(item).map(projectOfKey) : [];
}

export function shownHistory(
  history: History,
  guard: {
    isShown(key: string): boolean;
    isShownProject(keyOrId: string): boolean;
    isShownFile(id: string): boolean;
  },
): History {
  const isShown = (item: HistoryItem) => {
    const field = item.field?.toLowerCase() ?? '';
    if (removed.has(field)) return false;
    if (field === 'attachment') return [item.from, item.to].every(id => !id || guard.isShownFile(id));
    if (moving.has(field)) {
      const projects = projectsOf(item);
      return projects.length > 0 && projects.every(guard.isShownProject);
    }
    if (!isReferring(item)) return true;
    const keys = keysOf(item);
    return keys.length > 0 && keys.every(guard.isShown);
  };
  return { ...history, ...(history.items && { items: history.items.filter(isShown) }) };
}

const text = z.string().nullish().catch(undefined);
const author = z.looseObject({ accountId: text, accountType: text }).nullish().catch(undefined);
const reference = z.looseObject({ id: text, key: text });
const restricted = z.looseObject({
  visibility: z.unknown().optional(),
  author,
  created: text,
  updated: text,
});
export const commentSchema = restricted.extend({
  body: z.unknown().optional(),
  jsdPublic: z.boolean().nullish().catch(undefined),
});
export const commentsSchema = z.looseObject({
  total: z.number().nullish(),
  comments: z.array(commentSchema).nullish(),
});
export const worklogsSchema = z.looseObject({
  total: z.number().nullish(),
  worklogs: z.array(restricted.extend({ comment: z.unknown().optional(), started: text })).nullish(),
});
const historyItem = z.looseObject({
  field: text,
  from: text,
  to: text,
  fromString: text,
  // An item without `toString` still has every object's own method of that name.
  toString: text,
});
type HistoryItem = z.output<typeof historyItem>;
export const historySchema = z.looseObject({ items: z.array(historyItem).nullish() });
export type History = z.output<typeof historySchema>;
const fieldsSchema = z.looseObject({
  project: z.looseObject({ id: text, key: z.string(), projectTypeKey: text }).nullish(),
  reporter: z.looseObject({ accountId: text }).nullish().catch(undefined),
  parent: reference.nullish(),
  subtasks: z.array(reference).nullish(),
  issuelinks: z.array(z.looseObject({ inwardIssue: reference.nullish(), outwardIssue: reference.nullish() })).nullish(),
  comment: commentsSchema.nullish(),
  worklog: worklogsSchema.nullish(),
  attachment: z
    .array(z.looseObject({ id: z.string(), filename: text, created: text, mediaApiFileId: text, author }))
    .nullish(),
});
type Fields = z.output<typeof fieldsSchema>;
const anyIssue = z.looseObject({
  id: z.string(),
  key: z.string(),
  // What is not as documented could hide what must not be shown.
  fields: fieldsSchema.nullish(),
  changelog: z.looseObject({ histories: z.array(historySchema) }).nullish(),
});
type AnyIssue = z.output<typeof anyIssue>;
