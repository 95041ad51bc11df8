import * as z from 'zod';

// The parts of Jira's answers that are used, as https://developer.atlassian.com/cloud/jira/platform/rest/v3/ has them.
// Everything that Jira may leave out is nullish here; what is not named here is dropped.

/** Jira writes `2026-11-20T09:30:00.000+0000`; answers use ISO 8601 in UTC. */
export const timestamp = z.string().transform((value, context) => {
  const date = new Date(value);
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  context.issues.push({ code: 'custom', message: 'not a date', input: value });
  return z.NEVER;
});

const person = z.object({ displayName: z.string().nullish() }).nullish();
const named = z.object({ name: z.string() });

/** A list of which Jira may leave out all; what cannot be read in it is left out, too, and does not cost us the rest. */
const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .array(schema)
    .nullish()
    // All of it is parsed at once; only where that fails are its items looked at one by one.
    .catch(({ value }) => (Array.isArray(value) ? value.flatMap(item => schema.safeParse(item).data ?? []) : []))
    .transform(items => items ?? []);

/** An object of which Jira may leave out any part; what cannot be read of it is left out, in the same way. */
const partsOf = <Shape extends Record<string, z.ZodType>>(shape: Shape) => {
  const schema = z.looseObject(shape);
  const readable = ([name, part]: [string, unknown]) => shape[name]?.safeParse(part).success !== false;
  return z
    .looseObject({})
    .pipe(schema.catch(({ value }) => schema.parse(Object.fromEntries(Object.entries(value ?? {}).filter(readable)))));
};

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
  created: timestamp,
  body: z.unknown().optional(),
  visibility: z.unknown().optional(),
});

/** A comment that is restricted to a role or a group is not for everybody who asks an agent, nor is it counted. */
const commentsSchema = z.object({ total, comments: listOf(commentSchema) }).transform(({ total, comments: all }) => {
  const comments = all.filter(({ visibility }) => !visibility);
  return { total: typeof total === 'number' ? total - (all.length - comments.length) : undefined, comments };
});

/** What a link, a parent and a sub-task show of the issue at their other end. */
const neighbourSchema = z.object({
  key: z.string(),
  fields: partsOf({ summary: text, status: named.nullish() }).nullish(),
});

const linkSchema = z.object({
  type: z.object({ inward: z.string(), outward: z.string() }),
  inwardIssue: neighbourSchema.nullish(),
  outwardIssue: neighbourSchema.nullish(),
});

/** An issue, of whose fields those are there that were asked for. */
export const issueSchema = z.object({
  key: z.string(),
  fields: partsOf({
    summary: text,
    description: z.unknown().optional(),
    issuetype: named.nullish(),
    status: z.object({ name: z.string(), statusCategory: named.nullish() }).nullish(),
    resolution: named.nullish(),
    priority: named.nullish(),
    assignee: person,
    reporter: person,
    labels: listOf(z.string()).optional(),
    duedate: text,
    project: z.object({ key: z.string(), name: z.string() }).nullish(),
    parent: neighbourSchema.nullish(),
    subtasks: listOf(neighbourSchema).optional(),
    issuelinks: listOf(linkSchema).optional(),
    attachment: listOf(z.object({ filename: z.string() })).optional(),
    components: listOf(named).optional(),
    fixVersions: listOf(named).optional(),
    timetracking: partsOf({ originalEstimate: text, remainingEstimate: text, timeSpent: text }).nullish(),
    created: timestamp.nullish(),
    updated: timestamp.nullish(),
    resolutiondate: timestamp.nullish(),
    comment: commentsSchema.nullish(),
  }),
  changelog: z.object({ total, histories: listOf(historySchema) }).nullish(),
  /** With `expand=names`: what people see, by field id. */
  names: z.record(z.string(), z.string().catch('')).nullish().catch(undefined),
  /** With `expand=schema`: the type of each field, by field id. */
  schema: z
    .record(z.string(), z.object({ custom: text }).nullish().catch(undefined))
    .nullish()
    .catch(undefined),
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
  description: text.catch(undefined),
  subtask: z.boolean().nullish().catch(undefined),
});

export const issueTypesSchema = z.object({ total: z.number().nullish(), issueTypes: z.array(issueTypeSchema) });

const label = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(undefined);

const option = z.object({ id: label, name: label, value: label, key: label });

const optionTree = option.extend({ children: listOf(option).optional() });

/** Jira's documents leave open what a value is: most often it is an object, sometimes a bare text. */
const allowedValue = z.union([
  optionTree,
  z.union([z.string(), z.number()]).transform(value => optionTree.parse({ value })),
]);

/** A field of a new or changed issue: what it is called, what it takes. One odd field must not hide the others. */
const fieldMetaSchema = z.object({
  name: text.catch(undefined),
  required: z.boolean().catch(false),
  hasDefaultValue: z.boolean().nullish().catch(undefined),
  schema: z.object({ type: z.string(), items: text, custom: text }).catch({ type: 'any' }),
  allowedValues: listOf(allowedValue).nullish(),
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
  name: string;
}
