import { Failure } from '../../../shared/failure.ts';

/** A page of a list that is in memory; the cursor is the number of items before the page. */
export function listPage<Item>(
  list: readonly Item[],
  { limit, cursor }: { limit: number; cursor: string | undefined },
) {
  const from = readOffset(cursor);
  const to = from + limit;
  return {
    items: list.slice(from, to),
    nextCursor: to < list.length ? String(to) : undefined,
    cursorAfter: (count: number) => String(from + count),
  };
}

/** @throws Failure `invalid_input` for a cursor that is not a number */
export function readOffset(cursor = '0'): number {
  if (/^\d{1,5}$/.test(cursor)) return Number(cursor);
  throw foreignToken();
}

export function foreignToken(): Failure {
  const message = 'It is not a nextPageToken of this list. Leave it out to start from the first page.';
  return new Failure('invalid_input', `pageToken: ${message}`, { errors: [{ field: 'pageToken', message }] });
}
