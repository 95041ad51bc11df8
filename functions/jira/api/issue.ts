import * as z from 'zod';
import { hiddenFiles } from './hiddenFiles.ts';
import type { Audience } from './inputs.ts';
import { parseAnswer } from './parseAnswer.ts';

/**
 * What is read of an issue, wherever Jira answers with one. Its shapes are plain because each transform and each `catch`
 * costs zod ten times as much, and most of what Jira ever sends goes through here; `toIssue` does the rest.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/
 */
function answers({ list, part }: Reading) {
  const text = part(z.string());
  const named = z.object({ name: z.string() });
  const person = part(z.object({ displayName: text, accountId: text }));
  const total = part(z.number());

  const history = z.object({
    id: text,
    created: z.string(),
    author: person,
    // An item without `toString` still has every object's own method of that name.
    items: list(z.object({ field: text, fieldId: text, fromString: text, toString: z.unknown() })),
  });
  const comment = z.object({
    id: text,
    created: z.string(),
    updated: text,
    author: person,
    updateAuthor: person,
    body: z.unknown().optional(),
    visibility: z.unknown().optional(),
    /** False for an internal note of a service project; true for every other comment. */
    jsdPublic: part(z.boolean()),
  });
  const status = part(
    z.object({ id: text, name: z.string(), statusCategory: part(z.object({ name: z.string(), key: text })) }),
  );
  const related = z.object({ key: z.string(), fields: part(z.object({ summary: text, status })) });
  const worklog = z.object({
    id: text,
    created: text,
    updated: text,
    started: text,
    timeSpentSeconds: part(z.number()),
    author: person,
    comment: z.unknown().optional(),
    visibility: z.unknown().optional(),
  });
  const worklogs = z.object({ total, worklogs: list(worklog) });
  const link = z.object({
    type: z.object({ inward: z.string(), outward: z.string() }),
    inwardIssue: part(related),
    outwardIssue: part(related),
  });

  const attachment = z.object({
    id: z.string(),
    filename: z.string(),
    mimeType: text,
    size: part(z.number()),
    created: text,
    author: person,
    /** What a document calls the file in which it shows it. */
    mediaApiFileId: text,
  });

  /** Only the fields that were asked for are there. Those that are not named here are `otherFields` of the issue. */
  const fields = z.looseObject({
    summary: text,
    description: z.unknown().optional(),
    issuetype: part(z.object({ name: z.string(), hierarchyLevel: part(z.number()) })),
    status,
    resolution: part(named),
    priority: part(named),
    assignee: person,
    reporter: person,
    creator: person,
    labels: list(z.string()),
    duedate: text,
    project: part(z.object({ key: z.string(), name: z.string(), projectTypeKey: text })),
    parent: part(related),
    subtasks: list(related),
    issuelinks: list(link),
    attachment: list(attachment),
    worklog: part(worklogs),
    components: list(named),
    fixVersions: list(named),
    timetracking: part(
      z.object({
        originalEstimate: text,
        originalEstimateSeconds: part(z.number()),
        remainingEstimate: text,
        timeSpent: text,
      }),
    ),
    created: text,
    updated: text,
    resolutiondate: text,
    comment: part(z.object({ total, comments: list(comment) })),
  });
  const issue = z.object({
    id: text,
    key: z.string(),
    fields,
    /** How many issues that it leads to were taken out, because a policy closes their projects. */
    closedIssues: part(z.number()),
    changelog: part(z.object({ total, histories: list(history) })),
    /** With `expand=names`: what people see, by field ID. */
    names: part(z.record(z.string(), text)),
    /** With `expand=schema`: the type of each field, by field ID. */
    schema: part(z.record(z.string(), part(z.object({ custom: text })))),
    transitions: z
      .array(z.object({ id: z.string(), name: z.string(), hasScreen: z.boolean().nullish(), to: named }))
      .nullish(),
  });
  // Where nothing but keys is asked for, Jira leaves the fields out.
  const found = issue.extend({ fields: fields.nullish() });
  const search = z
    .object({ issues: z.array(found).nullish(), isLast: z.boolean().nullish(), nextPageToken: z.string().nullish() })
    .refine(({ issues, isLast }) => issues || isLast, 'neither issues nor an end of them');
  const changelog = z.object({ total: z.number(), values: list(history) });
  const comments = z.object({ total: z.number(), comments: list(comment) });

  return { issue, search, changelog, comments, worklogs };
}

/** How a list is read, and a part that Jira may leave out. */
interface Reading {
  list<Item extends z.ZodType>(item: Item): z.ZodType<z.output<Item>[] | null | undefined>;
  part<Part extends z.ZodType>(part: Part): z.ZodType<z.output<Part> | null | undefined>;
}

const strict = answers({ list: item => z.array(item).nullish(), part: part => part.nullish() });

/** Reads what `strict` refuses: the items and parts that are not as documented are left out. */
const tolerant = answers({
  list: item =>
    z
      .array(item.nullable().catch(null))
      .nullish()
      .catch(null)
      .transform(items => items?.filter(each => each !== null)),
  part: part => part.nullish().catch(null),
});

/** @throws Failure `upstream_error` when the answer is not an issue */
export function readIssue(answer: unknown): Issue {
  return toIssue(strict.issue.safeParse(answer).data ?? parseAnswer(tolerant.issue, answer));
}

/** The issue in an answer that need not be one. */
export function findIssue(answer: unknown): Issue | undefined {
  const { data } = tolerant.issue.safeParse(answer);
  return data && toIssue(data);
}

/** A page of a search. @throws Failure `upstream_error` */
export function readIssues(answer: unknown): { issues: Issue[]; nextCursor: string | undefined } {
  const { issues, nextPageToken } = strict.search.safeParse(answer).data ?? parseAnswer(tolerant.search, answer);
  const withFields = (issue: FoundAnswer): IssueAnswer => ({ ...issue, fields: issue.fields ?? noFields });
  return { issues: issues?.map(issue => toIssue(withFields(issue))) ?? [], nextCursor: nextPageToken ?? undefined };
}

/** A page of an issue's changelog. @throws Failure `upstream_error` */
export function readHistories(answer: unknown): { histories: History[]; total: number } {
  const { values, total } = strict.changelog.safeParse(answer).data ?? parseAnswer(tolerant.changelog, answer);
  return { histories: values?.flatMap(toHistory) ?? [], total };
}

/** A page of an issue's comments: `given` counts those that are left out as well. @throws Failure `upstream_error` */
export function readComments(
  answer: unknown,
  isInServiceProject: boolean,
): Comments & { total: number; given: number } {
  const found = strict.comments.safeParse(answer).data ?? parseAnswer(tolerant.comments, answer);
  const { items, restricted } = toComments(found, isInServiceProject);
  return { items, restricted, total: found.total, given: found.comments?.length ?? 0 };
}

/** A page of an issue's worklogs. @throws Failure `upstream_error` */
export function readWorklogs(answer: unknown): Issue['worklogs'] {
  return toWorklogs(strict.worklogs.safeParse(answer).data ?? parseAnswer(tolerant.worklogs, answer));
}

const noFields = strict.issue.shape.fields.parse({});

/** The type of a project of Jira Service Management, whose comments customers may read. */
export const SERVICE_PROJECT = 'service_desk';

type IssueAnswer = z.output<typeof strict.issue>;
type FoundAnswer = Answered<z.output<typeof strict.search>['issues']>;
type Answered<List> = NonNullable<List> extends (infer Item)[] ? Item : never;
type FieldsAnswer = IssueAnswer['fields'];
type HistoryAnswer = Answered<NonNullable<IssueAnswer['changelog']>['histories']>;
type CommentAnswer = Answered<NonNullable<FieldsAnswer['comment']>['comments']>;
type WorklogAnswer = Answered<NonNullable<FieldsAnswer['worklog']>['worklogs']>;
type RelatedAnswer = NonNullable<FieldsAnswer['parent']>;
type PersonAnswer = FieldsAnswer['assignee'];

export type Issue = ReturnType<typeof toIssue>;
export type History = ReturnType<typeof toHistory>[number];
export type Comments = Pick<Issue['comments'], 'items' | 'restricted'>;
export type RelatedIssue = ReturnType<typeof toRelated>;
export type Attachment = Issue['attachments'][number];
export type Worklog = Issue['worklogs']['items'][number];
export type Transition = NonNullable<Issue['transitions']>[number];

/** An issue in the words of this service. What Jira did not tell, or told in a way that cannot be read, is undefined. */
function toIssue({ id, key, fields, closedIssues, changelog, names, schema, transitions }: IssueAnswer) {
  return {
    id: id ?? undefined,
    key,
    /** True when no field is known, as after a write whose result could not be read. */
    isUnread: Object.keys(fields).length === 0,
    /** The values as Jira wrote them, by field ID. */
    values: fields as Readonly<Record<string, unknown>>,
    summary: fields.summary || undefined,
    /** In Atlassian Document Format. */
    description: fields.description,
    type: fields.issuetype?.name,
    hierarchyLevel: fields.issuetype?.hierarchyLevel ?? undefined,
    status: fields.status?.name,
    statusCategory: fields.status?.statusCategory?.name,
    statusId: fields.status?.id ?? undefined,
    isDone: isDone(fields.status),
    resolution: fields.resolution?.name,
    priority: fields.priority?.name,
    assignee: nameOf(fields.assignee),
    reporter: nameOf(fields.reporter),
    creator: nameOf(fields.creator),
    labels: fields.labels ?? [],
    dueDate: fields.duedate || undefined,
    project: fields.project ?? undefined,
    isInServiceProject: fields.project?.projectTypeKey === SERVICE_PROJECT,
    parent: fields.parent ? toRelated(fields.parent) : undefined,
    subtasks: (fields.subtasks ?? []).map(toRelated),
    links: (fields.issuelinks ?? []).flatMap(({ type, inwardIssue, outwardIssue }) => [
      ...(outwardIssue ? [{ phrase: type.outward, side: 'outward' as const, issue: toRelated(outwardIssue) }] : []),
      ...(inwardIssue ? [{ phrase: type.inward, side: 'inward' as const, issue: toRelated(inwardIssue) }] : []),
    ]),
    closedIssues: closedIssues ?? 0,
    ...toAttachments(fields),
    components: (fields.components ?? []).map(({ name }) => name),
    fixVersions: (fields.fixVersions ?? []).map(({ name }) => name),
    originalEstimate: fields.timetracking?.originalEstimate || undefined,
    originalEstimateSeconds: fields.timetracking?.originalEstimateSeconds ?? undefined,
    remainingEstimate: fields.timetracking?.remainingEstimate || undefined,
    timeSpent: fields.timetracking?.timeSpent || undefined,
    createdAt: dateOf(fields.created),
    updatedAt: dateOf(fields.updated),
    resolvedAt: dateOf(fields.resolutiondate),
    worklogs: toWorklogs(fields.worklog),
    comments: toComments(fields.comment, fields.project?.projectTypeKey === SERVICE_PROJECT),
    changelog: { total: changelog?.total ?? undefined, histories: changelog?.histories?.flatMap(toHistory) ?? [] },
    otherFields: Object.entries(fields)
      .filter(([id]) => !hasOwnPlace.has(id))
      .map(([id, value]) => ({ id, name: names?.[id] || id, type: schema?.[id]?.custom ?? undefined, value })),
    transitions: transitions ?? [],
    /** The names of its people, by account ID. */
    names: namesOf([fields.assignee, fields.reporter, fields.creator]),
  };
}

/** An issue of which nothing but the key is known. */
export function unreadIssue(key: string): Issue {
  return toIssue(tolerant.issue.parse({ key, fields: {} }));
}

/** An issue that has nothing yet. */
export function newIssue(key: string): Issue {
  return { ...unreadIssue(key), isUnread: false };
}

/** The fields that an issue tells in places of their own, and those that repeat one of them. */
const hasOwnPlace = new Set([
  ...Object.keys(strict.issue.shape.fields.shape).filter(id => id !== 'creator'),
  'statusCategory',
  'timespent',
  'timeestimate',
  'timeoriginalestimate',
  'aggregatetimespent',
  'aggregatetimeestimate',
  'aggregatetimeoriginalestimate',
]);

/** Comments that are restricted to a role or a group are left out, because not everybody who asks an agent may read them. */
function toComments(answer: FieldsAnswer['comment'], isServiceProject: boolean) {
  const all = answer?.comments ?? [];
  const open = all.filter(({ visibility }) => !visibility);
  const restricted = all.flatMap(({ visibility, created, updated }) =>
    visibility ? [dateOf(updated) ?? dateOf(created) ?? new Date(0)] : [],
  );
  return {
    /** How many there are in all that are not restricted, as far as is known; Jira may send only the first of them. */
    total: typeof answer?.total === 'number' ? answer.total - restricted.length : undefined,
    /** When each of those that are left out was last changed. */
    restricted,
    items: open.flatMap(comment => toComment(comment, isServiceProject)),
  };
}

function toComment(comment: CommentAnswer, isServiceProject: boolean) {
  const { id, created, updated, author, updateAuthor, body, jsdPublic } = comment;
  const createdAt = dateOf(created);
  if (!createdAt) return [];
  return [
    {
      id: id ?? '',
      createdAt,
      editedAt: dateOf(updated),
      author: nameOf(author),
      editor: nameOf(updateAuthor),
      body,
      audience: audienceOf(jsdPublic, isServiceProject),
    },
  ];
}

/** Work that is restricted to a role or a group is left out, as comments are. */
function toWorklogs(answer: FieldsAnswer['worklog']) {
  const all = answer?.worklogs ?? [];
  const restricted = all.flatMap(({ visibility, ...work }) => (visibility ? toWork(work) : []));
  return {
    /** How many there are in all that are not restricted, as far as is known. */
    total: typeof answer?.total === 'number' ? answer.total - restricted.length : undefined,
    /** False where Jira sent only the first of them. */
    areAll: (answer?.total ?? 0) <= all.length,
    /** When the work was begun of each that is left out, and whose it is. */
    restricted,
    items: all.flatMap(({ visibility, ...work }) => (visibility ? [] : toWork(work))),
  };
}

function toWork({ id, started, timeSpentSeconds, author, comment }: Omit<WorklogAnswer, 'visibility'>) {
  const startedAt = dateOf(started);
  if (!startedAt || typeof timeSpentSeconds !== 'number') return [];
  return [
    {
      id: id ?? '',
      startedAt,
      seconds: timeSpentSeconds,
      accountId: author?.accountId ?? undefined,
      author: nameOf(author),
      comment,
    },
  ];
}

/** Jira calls comments of other projects public as well, which tells nothing there. */
export function audienceOf(jsdPublic: boolean | null | undefined, isServiceProject: boolean): Audience | undefined {
  if (jsdPublic === false) return 'internal';
  return isServiceProject && jsdPublic ? 'public' : undefined;
}

/** Files that only a restricted text shows are left out with it. */
function toAttachments(fields: FieldsAnswer) {
  const texts = [...(fields.comment?.comments ?? []), ...(fields.worklog?.worklogs ?? [])].map(each => ({
    document: 'body' in each ? each.body : 'comment' in each ? each.comment : undefined,
    isRestricted: Boolean(each.visibility),
    createdAt: dateOf(each.created),
    editedAt: dateOf(each.updated),
  }));
  const others = Object.entries(fields).filter(([id]) => id !== 'comment' && id !== 'worklog' && id !== 'attachment');
  const all = (fields.attachment ?? []).map(({ id, filename, mimeType, size, created, author, mediaApiFileId }) => ({
    id,
    name: filename,
    mimeType: mimeType || 'application/octet-stream',
    size: size ?? undefined,
    createdAt: dateOf(created),
    author: nameOf(author),
    mediaId: mediaApiFileId ?? undefined,
  }));
  const hidden = hiddenFiles(
    all,
    texts,
    others.map(([, value]) => value),
  );
  return {
    attachments: all.filter(file => !hidden.has(file)),
    hiddenAttachments: hidden.size,
  };
}

/** One set of changes, made by one person at one moment. */
function toHistory({ id, created, author, items }: HistoryAnswer) {
  const at = dateOf(created);
  if (!at) return [];
  const changes = (items ?? []).map(({ field, fieldId, fromString: from, toString: to }) => ({
    field: field ?? fieldId ?? 'a field',
    fieldId: fieldId ?? undefined,
    from: from || undefined,
    to: (typeof to === 'string' && to) || undefined,
  }));
  return [{ id: id ?? undefined, at, by: nameOf(author), names: namesOf([author]), changes }];
}

/** What an issue tells of its parent, a sub-task, or an issue that it is linked to. */
function toRelated({ key, fields }: RelatedAnswer) {
  return {
    key,
    summary: fields?.summary || undefined,
    status: fields?.status?.name,
    isDone: isDone(fields?.status),
  };
}

/** Whether a status is of the category Done, whose key does not depend on the language of the site. */
function isDone(status: FieldsAnswer['status']): boolean {
  return status?.statusCategory?.key === 'done';
}

/** Pairs of an account ID and the name. */
function namesOf(people: readonly PersonAnswer[]): [accountId: string, name: string][] {
  return people.flatMap(person =>
    person?.accountId && person.displayName ? [[person.accountId, person.displayName]] : [],
  );
}

function nameOf(person: PersonAnswer): string | undefined {
  return person?.displayName || undefined;
}

/** Jira writes `2026-11-20T09:30:00.000+0000`. */
export function dateOf(text: string | null | undefined): Date | undefined {
  if (!text) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
