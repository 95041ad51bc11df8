import * as z from 'zod';
import { parseAnswer } from './parseAnswer.ts';

/** How the parts of an answer are read: `list` of a schema, and `part`, which may be left out. */
interface Reading {
  list<Item extends z.ZodType>(item: Item): z.ZodType<z.output<Item>[] | null | undefined>;
  part<Part extends z.ZodType>(part: Part): z.ZodType<z.output<Part> | null | undefined>;
}

const person = z.object({ displayName: z.string().nullish() }).nullish();
const named = z.object({ name: z.string() });

function changedIssues({ list, part }: Reading) {
  const history = z.object({
    created: z.string(),
    author: person,
    items: list(
      z.object({
        field: z.string().nullish(),
        fieldId: z.string().nullish(),
        fromString: z.string().nullish(),
        // Where Jira leaves it out, the name still leads to every object's own method.
        toString: z.unknown(),
      }),
    ),
  });
  const comment = z.object({
    created: z.string(),
    updated: z.string().nullish(),
    author: person,
    updateAuthor: person,
    body: z.unknown().optional(),
    visibility: z.unknown().optional(),
  });
  const issue = z.object({
    key: z.string(),
    fields: z.object({
      summary: part(z.string()),
      issuetype: part(named),
      status: part(named),
      priority: part(named),
      assignee: person,
      creator: person,
      project: part(z.object({ key: z.string(), name: z.string() })),
      created: part(z.string()),
      updated: part(z.string()),
      comment: part(z.object({ total: part(z.number()), comments: list(comment) })),
    }),
    changelog: part(z.object({ total: part(z.number()), histories: list(history) })),
  });
  return z
    .object({ issues: z.array(issue).nullish(), isLast: z.boolean().nullish(), nextPageToken: z.string().nullish() })
    .refine(({ issues, isLast }) => issues || isLast, 'neither issues nor an end of them');
}

const strict = changedIssues({ list: item => z.array(item).nullish(), part: part => part.nullish() });

/** What cannot be read is left out, and does not cost us the rest. */
const tolerant = changedIssues({
  list: item =>
    z
      .array(item.nullable().catch(null))
      .nullish()
      .catch(null)
      .transform(items => items?.filter(each => each !== null)),
  part: part => part.nullish().catch(null),
});

export type ChangedIssue = NonNullable<z.output<typeof strict>['issues']>[number];

/**
 * The issues of a search with their changelogs and comments, as Jira wrote them. This is where most of what Jira ever
 * sends us goes through, so it is read by plain shapes: each transform and each `catch` costs zod ten times as much.
 */
export function readChangedIssues(answer: unknown): { issues: ChangedIssue[]; nextCursor: string | undefined } {
  const { issues, nextPageToken } = strict.safeParse(answer).data ?? parseAnswer(tolerant, answer);
  return { issues: issues ?? [], nextCursor: nextPageToken ?? undefined };
}
