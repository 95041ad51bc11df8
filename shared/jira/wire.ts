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

const historySchema = z.object({
  created: timestamp,
  author: person,
  items: z.array(
    z.object({
      field: z.string(),
      fromString: z.string().nullish(),
      // Where Jira leaves it out, the name still leads to every object's own method.
      toString: z.unknown().transform(value => (typeof value === 'string' ? value : undefined)),
    }),
  ),
});

const commentSchema = z.object({
  id: z.string(),
  author: person,
  updateAuthor: person,
  created: timestamp,
  updated: timestamp.nullish(),
  body: z.unknown(),
});

const issueSchema = z.object({
  key: z.string(),
  fields: z.object({
    summary: z.string().nullish(),
    issuetype: named.nullish(),
    status: named.nullish(),
    priority: named.nullish(),
    assignee: person,
    creator: person,
    project: z.object({ key: z.string(), name: z.string() }).nullish(),
    created: timestamp.nullish(),
    updated: timestamp.nullish(),
    comment: z.object({ total: z.number().nullish(), comments: z.array(commentSchema) }).nullish(),
  }),
  changelog: z.object({ total: z.number().nullish(), histories: z.array(historySchema) }).nullish(),
});

export const searchSchema = z.object({
  issues: z.array(issueSchema),
  nextPageToken: z.string().nullish(),
});

export const projectSchema = z.object({ id: z.string(), key: z.string(), name: z.string() });

export const myselfSchema = z.object({ displayName: z.string() });

export type Issue = z.output<typeof issueSchema>;
export type Project = z.output<typeof projectSchema>;
