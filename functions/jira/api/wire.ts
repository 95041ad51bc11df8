import * as z from 'zod';

// What is read of Jira's answers besides issues: https://developer.atlassian.com/cloud/jira/platform/rest/v3/
// Everything that Jira may leave out is nullish here. What is not named here is dropped.

const person = z.object({ displayName: z.string().nullish() }).nullish();

/** A list that Jira may leave out. Items that cannot be read are left out. */
const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .array(schema)
    .nullish()
    // The list is parsed at once, and item by item only where that fails, because `catch` is slow.
    .catch(({ value }) => (Array.isArray(value) ? value.flatMap(item => schema.safeParse(item).data ?? []) : []))
    .transform(items => items ?? []);

const text = z.string().nullish();

export const countSchema = z.object({ count: z.number() });

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

export const permissionsSchema = z.object({
  permissions: z.record(z.string(), z.object({ havePermission: z.boolean().nullish() })),
});

export const zoneSchema = z.object({ timeZone: z.string().nullish() });

/** The account that is signed in. */
export const myselfSchema = z.object({
  accountId: z.string().min(1),
  accountType: z.string().nullish(),
  displayName: z.string().nullish(),
  emailAddress: z.string().nullish(),
  active: z.boolean().nullish(),
  timeZone: z.string().nullish(),
});

export const usersSchema = z.array(myselfSchema.extend({ accountId: z.string() }));

const issueTypeSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: text.catch(undefined),
  subtask: z.boolean().nullish().catch(undefined),
  /** 1 holds issues of level 0, which hold sub-tasks, of level -1. */
  hierarchyLevel: z.number().nullish().catch(undefined),
});

/** Of all projects: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-types/ */
export const siteTypesSchema = z.array(issueTypeSchema);

export const issueTypesSchema = z.object({ total: z.number().nullish(), issueTypes: z.array(issueTypeSchema) });

const label = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(undefined);

const option = z.object({ id: label, name: label, value: label, key: label });

const optionTree = option.extend({ children: listOf(option).optional() });

/** Jira's documentation does not say what a value is: most often it is an object, sometimes a plain text. */
const allowedValue = z.union([
  optionTree,
  z.union([z.string(), z.number()]).transform(value => optionTree.parse({ value })),
]);

/** A field of a new or changed issue: its name, and which values it takes. A field that is not as documented must not hide the others. */
const fieldMetaSchema = z.object({
  name: text.catch(undefined),
  required: z.boolean().catch(false),
  hasDefaultValue: z.boolean().nullish().catch(undefined),
  schema: z.object({ type: z.string(), items: text, custom: text }).catch({ type: 'any' }),
  /** What `update` may do to it: `set`, `add`, `remove`. */
  operations: listOf(z.string()).optional(),
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
  issueLinkTypes: z.array(
    z.object({ id: text.catch(undefined), name: z.string(), inward: z.string(), outward: z.string() }),
  ),
});

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-remote-links/ */
export const remoteLinksSchema = z.array(z.object({ globalId: text.catch(undefined) }));
export const savedLinkSchema = z.object({ id: z.union([z.number(), z.string()]) });

/** https://developer.atlassian.com/cloud/jira/software/rest/api-group-board/ */
export const boardSchema = z.object({
  id: z.number(),
  name: z.string().catch('a board'),
  /** `scrum`, `kanban`, or `simple` in a team-managed project, where it may have sprints or not. */
  type: text.catch(undefined),
  location: z.object({ projectKey: text, projectName: text }).nullish().catch(undefined),
});

const isLast = z.boolean().nullish().catch(undefined);

export const boardsSchema = z.object({ isLast, values: listOf(boardSchema) });

export const boardConfigurationSchema = z.object({
  columnConfig: z
    .object({ columns: listOf(z.object({ name: text, statuses: listOf(z.object({ id: z.string() })) })) })
    .nullish()
    .catch(undefined),
  estimation: z
    .object({
      /** `field`, `issueCount` or `none`. */
      type: text.catch(undefined),
      field: z
        .object({ fieldId: z.string(), displayName: text.catch(undefined) })
        .nullish()
        .catch(undefined),
    })
    .nullish()
    .catch(undefined),
});

export const sprintSchema = z.object({
  id: z.number(),
  name: z.string(),
  state: z.enum(['active', 'future', 'closed']).optional().catch(undefined),
  goal: text.catch(undefined),
  startDate: text.catch(undefined),
  endDate: text.catch(undefined),
  completeDate: text.catch(undefined),
  originBoardId: z.number().optional().catch(undefined),
});

/** What became of each issue that was to be ranked, where not all were. */
export const rankedSchema = z.object({
  entries: listOf(z.object({ issueKey: text, status: z.number(), errors: listOf(z.string()).optional() })),
});

export const boardProjectsSchema = z.object({ isLast, values: listOf(z.object({ key: z.string() })) });

export const sprintsSchema = z.object({
  isLast,
  /** Jira leaves it out at times. */
  total: z.number().nullish().catch(undefined),
  values: listOf(sprintSchema),
});

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-changelog-bulkfetch-post */
export const changelogsSchema = z.object({
  issueChangeLogs: listOf(
    z.object({
      issueId: z.string(),
      changeHistories: listOf(
        z.object({
          created: z.union([z.string(), z.number()]),
          // An item without `toString` still has every object's own method of that name.
          items: listOf(z.object({ fieldId: text, from: text, to: text, fromString: text, toString: z.unknown() })),
        }),
      ),
    }),
  ),
  nextPageToken: text,
});

/** The value of a field that holds a team. */
export const teamSchema = z.object({ id: z.string(), name: text.catch(undefined), title: text.catch(undefined) });

export const configurationSchema = z.object({
  timeTrackingConfiguration: z.object({ workingHoursPerDay: z.number(), workingDaysPerWeek: z.number() }),
});

/** Every status of the site. */
export const statusesSchema = listOf(
  z.object({
    id: z.string(),
    name: z.string(),
    statusCategory: z.object({ key: z.string(), name: text }).nullish().catch(undefined),
  }),
).refine(statuses => statuses.length > 0, 'no statuses');

/** The types of a project with the statuses that issues of each go through. */
export const typeStatusesSchema = listOf(
  z.object({ id: z.string(), statuses: listOf(z.object({ name: z.string() })) }),
);

export const componentsSchema = listOf(z.object({ name: z.string(), description: text, lead: person }));

const count = z.number().nullish();

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-project-versions/ */
export const versionSchema = z.object({
  id: z.string(),
  /** Its address in the API, by which Jira takes it as a target. */
  self: z.string(),
  name: z.string(),
  description: text,
  released: z.boolean().nullish().catch(undefined),
  archived: z.boolean().nullish().catch(undefined),
  overdue: z.boolean().nullish().catch(undefined),
  /** Days. */
  startDate: text.catch(undefined),
  releaseDate: text.catch(undefined),
  /** Where it was asked for: how many of its issues have a status of each category. */
  issuesStatusForFixVersion: z
    .object({ toDo: count, inProgress: count, done: count, unmapped: count })
    .nullish()
    .catch(undefined),
});

/** What is no list is no answer: a version would be missing that is there. */
export const versionsSchema = z
  .array(z.unknown())
  .transform(items => items.flatMap(item => versionSchema.safeParse(item).data ?? []));

export const versionPageSchema = z.object({ isLast, values: listOf(versionSchema) });

export const unresolvedSchema = z.object({ issuesUnresolvedCount: z.number() });

export const prioritiesSchema = z.object({
  total: z.number().nullish(),
  values: listOf(z.object({ name: z.string(), description: text })),
});

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-fields/#api-rest-api-3-field-get */
const siteFieldSchema = z.object({
  id: z.string(),
  name: z.string(),
  searchable: z.boolean().nullish().catch(undefined),
  clauseNames: listOf(z.string()),
  schema: z
    .object({ type: z.string(), items: text, custom: text, customId: z.number().nullish() })
    .nullish()
    .catch(undefined),
  /** Of a field of a team-managed project: the one that has it. */
  scope: z
    .object({ project: z.object({ id: z.string() }).nullish() })
    .nullish()
    .catch(undefined),
});

/** No site is without any. */
/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-jql/#api-rest-api-3-jql-autocompletedata-get */
export const referenceSchema = z.object({
  visibleFieldNames: listOf(
    z.object({
      value: z.string(),
      /** Such as `cf[10016]`, of a custom field. */
      cfid: text,
      orderable: text,
    }),
  ),
});

export const siteFieldsSchema = listOf(siteFieldSchema).refine(fields => fields.length > 0, 'no fields');

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-jql/#api-rest-api-3-jql-autocompletedata-suggestions-get */
export const suggestionsSchema = z.object({ results: listOf(z.object({ value: text, displayName: text })) });

export const createdSchema = z.object({ key: z.string() });

/** Issues with what this service has left with them. */
export const markedSchema = z.object({
  issues: listOf(
    z.object({
      key: z.string(),
      fields: z.object({ created: text }).nullish().catch(undefined),
      properties: z.record(z.string(), z.unknown()).nullish().catch(undefined),
    }),
  ),
});

/** Of several that were to be made: those that were, in the order of the request, and what is wrong with the others. */
export const createdManySchema = z.object({
  issues: z.array(createdSchema),
  errors: z.array(
    z.object({
      failedElementNumber: z.number(),
      elementErrors: z
        .object({
          errorMessages: listOf(z.string()),
          errors: z.record(z.string(), z.string()).nullish().catch(undefined),
        })
        .nullish()
        .catch(undefined),
    }),
  ),
});

/** The service desk gives a comment's ID as a number in places, and as a text in others. */
export const writtenCommentSchema = z.object({
  id: z.union([z.string(), z.number().transform(String)]),
  jsdPublic: z.boolean().nullish().catch(undefined),
});

const account = z.object({ accountId: text, displayName: text }).nullish().catch(undefined);

/** A comment as it must be known to be changed: with who may read it, and what apps keep with it. */
export const commentSchema = z.object({
  id: z.union([z.string(), z.number().transform(String)]),
  body: z.unknown().optional(),
  created: text.catch(undefined),
  updated: text.catch(undefined),
  author: account,
  updateAuthor: account,
  jsdPublic: z.boolean().nullish().catch(undefined),
  // It is sent back as it came.
  visibility: z.record(z.string(), z.unknown()).nullish(),
  properties: listOf(z.object({ key: z.string(), value: z.unknown() })),
  /** In a thread: the comment that it answers. */
  parentId: label,
});

export const commentPageSchema = z.object({ total: z.number(), comments: listOf(commentSchema) });
export const commentsByIdSchema = z.object({ values: listOf(commentSchema) });
export type CommentAnswer = z.output<typeof commentSchema>;

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-watchers/ */
export const watchersSchema = z.object({
  watchCount: z.number(),
  watchers: listOf(z.object({ accountId: z.string(), displayName: text })),
});
export type Watchers = z.output<typeof watchersSchema>;

export const newFilesSchema = listOf(z.object({ id: z.string(), filename: z.string(), size: z.number() }));

/** https://developer.atlassian.com/cloud/jira/service-desk/rest/api-group-request/ */
export const requestSchema = z.object({ serviceDeskId: z.union([z.string(), z.number().transform(String)]) });
export const temporaryFilesSchema = z.object({
  temporaryAttachments: z.array(z.object({ temporaryAttachmentId: z.string() })).min(1),
});
export const requestFilesSchema = z.object({
  comment: z
    .object({ id: z.union([z.string(), z.number().transform(String)]), public: z.boolean().optional() })
    .nullish()
    .catch(undefined),
  attachments: z
    .object({
      values: listOf(
        z.object({
          filename: z.string(),
          size: z.number().optional(),
          _links: z.object({ jiraRest: text }).nullish().catch(undefined),
        }),
      ),
    })
    .nullish()
    .catch(undefined),
});

export const worklogSchema = z.object({
  id: z.string(),
  timeSpent: z.string(),
  author: z.object({ displayName: text }).nullish().catch(undefined),
});

export type Project = z.output<typeof projectSchema>;
export type User = z.output<typeof usersSchema>[number];
export type IssueType = z.output<typeof issueTypeSchema>;
export type LinkType = z.output<typeof linkTypesSchema>['issueLinkTypes'][number];
export type Board = z.output<typeof boardSchema>;
export type BoardConfiguration = z.output<typeof boardConfigurationSchema>;
export type Version = z.output<typeof versionSchema>;
export type SiteField = z.output<typeof siteFieldSchema>;
export type Worklog = z.output<typeof worklogSchema>;

/** A field that can be set on an issue, with its ID. */
export interface IssueField extends z.output<typeof fieldMetaSchema> {
  id: string;
  name: string;
}
