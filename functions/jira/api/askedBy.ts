import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Caller } from '../../../shared/caller/caller.ts';

/**
 * Who asked for a comment. Jira has every comment that this service writes for its account's, so the person is kept in a
 * property of the comment: https://developer.atlassian.com/cloud/jira/platform/jira-entity-properties/
 */
export const ASKED_BY = 'connector-asked-by';

/** As a type alias, which jira.js's types accept and an interface they do not. */
export type AskedBy = { key: string; value: { person: string } };

/**
 * The property of a comment that this caller asks for; undefined where no person is verified. It holds a digest of tenant
 * and object ID, which is the same for as long as the account lives, and from which those random IDs cannot be told.
 */
export function askedBy({ kind, id }: Pick<Caller, 'kind' | 'id'>): AskedBy | undefined {
  if (kind !== 'user') return undefined;
  const person = createHash('sha256').update(`comment asked for by ${id.toLowerCase()}`).digest('base64url');
  return { key: ASKED_BY, value: { person } };
}

const kept = z.object({ person: z.string() });

/** Whether the property of a comment names this person. */
export function isAskedBy(value: unknown, mark: AskedBy): boolean {
  return kept.safeParse(value).data?.person === mark.value.person;
}
