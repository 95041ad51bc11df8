import * as z from 'zod';
import { parseAnswer } from '../parseAnswer.ts';

/** The change of one field of an issue. */
export interface FieldChange {
  at: Date;
  fieldId: string;
  from: string | undefined;
  fromString: string | undefined;
  to: string | undefined;
  toString: string | undefined;
}

const text = z.string().nullish().catch(undefined);

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-changelog-bulkfetch-post */
const bulkSchema = z.object({
  nextPageToken: z.string().nullish(),
  issueChangeLogs: z
    .array(
      z.object({
        issueId: z.string(),
        changeHistories: z.array(
          z.object({
            // A number in practice, a text by the documentation.
            created: z.union([z.number(), z.string()]),
            items: z.array(z.object({ fieldId: text, from: text, fromString: text, to: text, toString: z.unknown() })),
          }),
        ),
      }),
    )
    .nullish(),
});

/** A page of the changes of several issues, by their IDs. @throws Failure `upstream_error` */
export function readBulkChanges(answer: unknown): {
  changes: { issueId: string; change: FieldChange }[];
  next: string | undefined;
} {
  const { issueChangeLogs, nextPageToken } = parseAnswer(bulkSchema, answer);
  const changes = (issueChangeLogs ?? []).flatMap(({ issueId, changeHistories }) =>
    changeHistories.flatMap(({ created, items }) => {
      const at = new Date(created);
      if (Number.isNaN(at.getTime())) return [];
      return items.flatMap(({ fieldId, from, fromString, to, toString: toText }) =>
        fieldId
          ? [
              {
                issueId,
                change: {
                  at,
                  fieldId,
                  from: from || undefined,
                  fromString: fromString || undefined,
                  to: to || undefined,
                  toString: (typeof toText === 'string' && toText) || undefined,
                },
              },
            ]
          : [],
      );
    }),
  );
  return { changes, next: nextPageToken ?? undefined };
}
