import * as z from 'zod';

// The parts of Jira's answers that are used, as https://developer.atlassian.com/cloud/jira/platform/rest/v3/ has them.
// Everything that Jira may leave out is nullish here; what is not named here is dropped.

/** Jira writes `2026-11-20T09:30:00.000+0000`; answers use ISO 8601 in UTC. */
const timestamp = z.string().transform((value, context) => {
  const date = new Date(value);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  context.issues.push({ code: 'custom', message: 'not a date', input: value });
  return z.NEVER;
});

const person = z.object({ displayName: z.string().nullish() }).nullish();
const named = z.object({ name: z.string() });
const moment = timestamp.nullish().catch(undefined);

/** A list of which Jira may leave out all; what cannot be read in it is left out, too, and does not cost us the rest. */
const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .array(schema)
    .nullish()
    // All of it is parsed at once; only where that fails are its items looked at one by one.
    .catch(({ value }) => (Array.isArray(value) ? value.flatMap(item => schema.safeParse(item).data ?? []) : []))
    .transform(items => items ?? []);

const text = z.string().nullish();

const historySchema = z.object({
  created: timestamp,
  author: person,
  items: listOf(
    z
      .object({
        field: text,
        fieldId: text,
        fromString: text,
        // Where Jira leaves it out, the name still leads to every object's own method.
        toString: z.unknown().transform(value => (typeof value === 'string' ? value : undefined)),
      })
      .transform(({ field, fieldId, fromString: from, toString: to }) => ({
        field: field ?? fieldId ?? 'a field',
        from,
        to,
      })),
  ),
});

const total = z.number().nullish().catch(undefined);

const commentSchema = z.object({
  id: z.string().catch(''),
  author: person,
  updateAuthor: person,
  created: timestamp,
  updated: moment,
  body: z.unknown().optional(),
  visibility: z.unknown().optional(),
});

/** A comment that is restricted to a role or a group is not for everybody who asks an agent. */
const commentsSchema = listOf(commentSchema).transform(comments => comments.filter(({ visibility }) => !visibility));

/** What a link, a parent and a sub-task show of the issue at their other end. */
const neighbourSchema = z.object({
  key: z.string(),
  fields: z.object({ summary: z.string().nullish(), status: named.nullish() }).nullish(),
});

const linkSchema = z.object({
  type: z.object({ inward: z.string(), outward: z.string() }),
  inwardIssue: neighbourSchema.nullish(),
  outwardIssue: neighbourSchema.nullish(),
});

/** An issue, of whose fields those are there that were asked for. */
export const issueSchema = z.object({
  key: z.string(),
  fields: z.looseObject({
    summary: z.string().nullish(),
    description: z.unknown().optional(),
    issuetype: named.nullish().catch(undefined),
    status: z.object({ name: z.string(), statusCategory: named.nullish() }).nullish().catch(undefined),
    resolution: named.nullish(),
    priority: named.nullish().catch(undefined),
    assignee: person,
    reporter: person,
    creator: person,
    labels: z.array(z.string()).nullish(),
    duedate: z.string().nullish(),
    project: z.object({ key: z.string(), name: z.string() }).nullish(),
    parent: neighbourSchema.nullish(),
    subtasks: z.array(neighbourSchema).nullish(),
    issuelinks: z.array(linkSchema).nullish(),
    attachment: z.array(z.object({ filename: z.string() })).nullish(),
    components: z.array(named).nullish(),
    fixVersions: z.array(named).nullish(),
    timetracking: z
      .object({
        originalEstimate: z.string().nullish(),
        remainingEstimate: z.string().nullish(),
        timeSpent: z.string().nullish(),
      })
      .nullish(),
    created: moment,
    updated: moment,
    resolutiondate: moment,
    comment: z.object({ total, comments: commentsSchema }).nullish(),
  }),
  changelog: z.object({ total, histories: listOf(historySchema) }).nullish(),
  /** With `expand=names`: what people see, by field id. */
  names: z.record(z.string(), z.string()).nullish(),
  /** With `expand=schema`: the type of each field, by field id. */
  schema: z.record(z.string(), z.object({ custom: z.string().nullish() })).nullish(),
  transitions: z
    .array(z.object({ id: z.string(), name: z.string(), hasScreen: z.boolean().nullish(), to: named }))
    .nullish(),
});

export const searchSchema = z
  .object({
    issues: z.array(issueSchema).nullish(),
    isLast: z.boolean().nullish(),
    nextPageToken: z.string().nullish(),
  })
  .refine(({ issues, isLast }) => issues || isLast, 'neither issues nor an end of them')
  .transform(({ issues, nextPageToken }) => ({ issues: issues ?? [], nextCursor: nextPageToken ?? undefined }));

export const countSchema = z.object({ count: z.number() });

export const changelogSchema = z.object({ total: z.number(), values: listOf(historySchema) });

export const projectSchema = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  projectTypeKey: z.string().nullish(),
  lead: person,
});

export const projectPageSchema = z.object({
  total: z.number().nullish(),
  isLast: z.boolean().nullish(),
  values: z.array(projectSchema),
});

export const myselfSchema = z.object({ displayName: z.string() });

export const usersSchema = z.array(
  z.object({
    accountId: z.string(),
    accountType: z.string().nullish(),
    displayName: z.string().nullish(),
    emailAddress: z.string().nullish(),
    active: z.boolean().nullish(),
  }),
);

const issueTypeSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  subtask: z.boolean().nullish(),
});

export const issueTypesSchema = z.object({ total: z.number().nullish(), issueTypes: z.array(issueTypeSchema) });

/** A field of a new or changed issue: what it is called, what it takes. */
const fieldMetaSchema = z.object({
  name: z.string(),
  required: z.boolean(),
  hasDefaultValue: z.boolean().nullish(),
  schema: z.object({ type: z.string(), items: z.string().nullish(), custom: z.string().nullish() }),
  allowedValues: z
    .array(
      z.looseObject({
        id: z.string().nullish(),
        name: z.string().nullish(),
        value: z.string().nullish(),
        key: z.string().nullish(),
      }),
    )
    .nullish(),
});

export const createFieldsSchema = z.object({
  total: z.number().nullish(),
  fields: z.array(fieldMetaSchema.extend({ fieldId: z.string() })),
});

export const editFieldsSchema = z.object({ fields: z.record(z.string(), fieldMetaSchema) });

/** With `expand=transitions.fields`. */
export const transitionsSchema = z.object({ transitions: z.array(editFieldsSchema) });

export const linkTypesSchema = z.object({
  issueLinkTypes: z.array(z.object({ name: z.string(), inward: z.string(), outward: z.string() })),
});

export const createdSchema = z.object({ key: z.string() });

export const writtenCommentSchema = z.object({ id: z.string() });

export const worklogSchema = z.object({ id: z.string(), timeSpent: z.string(), started: timestamp });

export type Issue = z.output<typeof issueSchema>;
export type Neighbour = z.output<typeof neighbourSchema>;
export type Project = z.output<typeof projectSchema>;
export type User = z.output<typeof usersSchema>[number];
export type History = z.output<typeof historySchema>;
export type IssueType = z.output<typeof issueTypeSchema>;
export type LinkType = z.output<typeof linkTypesSchema>['issueLinkTypes'][number];
export type Worklog = z.output<typeof worklogSchema>;

/** A field that an issue may be given, with its id. */
export interface IssueField extends z.output<typeof fieldMetaSchema> {
  id: string;
}
