import * as z from 'zod';

// What is read of the service desk's answers: https://developer.atlassian.com/cloud/jira/service-desk/rest/
// Everything that Jira may leave out is nullish here. What is not named here is dropped.

const text = z.string().nullish().catch(undefined);
const person = z.object({ displayName: text, accountId: text }).nullish().catch(undefined);

/** A list; items that cannot be read are left out. */
const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .array(schema)
    .nullish()
    .catch(({ value }) => (Array.isArray(value) ? value.flatMap(item => schema.safeParse(item).data ?? []) : []))
    .transform(items => items ?? []);

const paged = <Schema extends z.ZodType>(schema: Schema) =>
  z.object({
    values: listOf(schema),
    isLastPage: z.boolean().nullish().catch(undefined),
    _links: z.object({ next: text }).nullish().catch(undefined),
  });

export const desksPage = paged(
  z.object({ id: z.string(), projectId: text, projectKey: z.string(), projectName: text }),
);

export const queuesPage = paged(z.object({ id: z.string(), name: z.string(), jql: text }));

export const requestTypesPage = paged(
  z.object({
    id: z.string(),
    name: z.string(),
    description: text,
    portalId: text,
    canCreateRequest: z.boolean().nullish().catch(undefined),
  }),
);

const choice = z.object({
  value: z.string(),
  label: text,
  children: z
    .array(z.object({ value: z.string(), label: text }))
    .nullish()
    .catch(undefined),
});

export const requestFields = z.object({
  requestTypeFields: listOf(
    z.object({
      fieldId: z.string(),
      name: text,
      required: z.boolean().catch(false),
      defaultValues: listOf(z.unknown()),
      presetValues: listOf(z.unknown()),
      validValues: listOf(choice),
      visible: z.boolean().nullish().catch(undefined),
      jiraSchema: z.object({ type: z.string(), items: text, custom: text }).catch({ type: 'any' }),
    }),
  ),
});

export const organizationsPage = paged(z.object({ id: z.string(), name: z.string() }));

export const createdRequest = z.object({ issueKey: z.string() });

const decision = z
  .string()
  .transform(value => value.toLowerCase())
  .nullish()
  .catch(undefined);

/** An approval of a request, as its route has it and as its field has it. */
export const approval = z.object({
  id: z.union([z.string(), z.number().transform(String)]),
  name: text,
  finalDecision: decision,
  canAnswerApproval: z.boolean().nullish().catch(undefined),
  approvers: listOf(z.object({ approver: person, approverDecision: decision })),
});

export const approvalsPage = paged(approval);
export const approvals = listOf(approval);

export const people = listOf(z.object({ displayName: text, accountId: text }));
export const organizations = listOf(z.object({ id: z.union([z.string(), z.number().transform(String)]), name: text }));

/** The field that tells what kind of request it is. */
export const requestKind = z.object({
  requestType: z.object({ name: z.string() }),
  currentStatus: z.object({ status: text }).nullish().catch(undefined),
});

const span = z.object({ millis: z.number() }).nullish().catch(undefined);
const moment = z.object({ epochMillis: z.number() }).nullish().catch(undefined);

const cycle = z.object({
  breached: z.boolean().catch(false),
  paused: z.boolean().nullish().catch(undefined),
  withinCalendarHours: z.boolean().nullish().catch(undefined),
  breachTime: moment,
  stopTime: moment,
  goalDuration: span,
  elapsedTime: span,
  remainingTime: span,
});

export const slaSchema = z.object({ name: text, ongoingCycle: cycle.nullish(), completedCycles: listOf(cycle) });

export const articlesPage = paged(
  z.object({
    title: z.string(),
    excerpt: text,
    source: z.object({ pageId: text, spaceKey: text }).nullish().catch(undefined),
    content: z.object({ iframeSrc: text }).nullish().catch(undefined),
  }),
);

export type Approval = z.output<typeof approval>;
