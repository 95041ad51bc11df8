import { getBulkChangelogs } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { parseAnswer } from './parseAnswer.ts';
import { changelogsSchema } from './wire.ts';

/** The change of one field of an issue. Both sides have the ID, where the field's values have one, and the text. */
export interface FieldChange {
  at: Date;
  fieldId: string;
  from: { id: string | undefined; text: string | undefined };
  to: { id: string | undefined; text: string | undefined };
}

/** The most issues, fields and changes of one request. */
const MAX_ISSUES = 1_000;
const PAGE_SIZE = 10_000;
/** Ends the reading of a list that does not end. */
const MAX_PAGES = 10;

/**
 * All changes of some fields, at most ten, by the IDs of the issues, the oldest first. `isWhole` is false where there are
 * more than were read.
 */
export async function fieldChanges(
  client: Client,
  issueIds: readonly string[],
  fieldIds: readonly string[],
): Promise<{ changes: Map<string, FieldChange[]>; isWhole: boolean }> {
  const changes = new Map<string, FieldChange[]>();
  let isWhole = true;
  for (let start = 0; start < issueIds.length; start += MAX_ISSUES) {
    let nextPageToken: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await getBulkChangelogs(client, {
        issueIdsOrKeys: issueIds.slice(start, start + MAX_ISSUES),
        fieldIds: [...fieldIds],
        maxResults: PAGE_SIZE,
        ...(nextPageToken !== undefined && { nextPageToken }),
      });
      const { issueChangeLogs, nextPageToken: next } = parseAnswer(changelogsSchema, answer);
      for (const { issueId, changeHistories } of issueChangeLogs) {
        // An issue may be on several pages.
        const known = changes.get(issueId) ?? [];
        known.push(...changeHistories.flatMap(toChanges));
        changes.set(issueId, known);
      }
      nextPageToken = next || undefined;
      if (nextPageToken === undefined) break;
    }
    isWhole &&= nextPageToken === undefined;
  }
  for (const list of changes.values()) list.sort((one, other) => one.at.getTime() - other.at.getTime());
  return { changes, isWhole };
}

type HistoryAnswer = ReturnType<typeof changelogsSchema.parse>['issueChangeLogs'][number]['changeHistories'][number];

function toChanges({ created, items }: HistoryAnswer): FieldChange[] {
  const at = momentOf(created);
  if (Number.isNaN(at.getTime())) return [];
  return items.flatMap(({ fieldId, from, to, fromString, toString: toText }) =>
    fieldId
      ? [
          {
            at,
            fieldId,
            from: { id: from || undefined, text: fromString || undefined },
            to: { id: to || undefined, text: (typeof toText === 'string' && toText) || undefined },
          },
        ]
      : [],
  );
}

/** Documented is a text, and what comes is also a number of milliseconds, in the documentation's example of seconds. */
function momentOf(created: string | number): Date {
  if (typeof created === 'string' && !/^\d+$/.test(created)) return new Date(created);
  const number = Number(created);
  return new Date(number < 1e11 ? number * 1000 : number);
}
