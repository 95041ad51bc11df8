import { foreignToken } from './listPage.ts';

/**
 * Where the next page of a query starts: after `skip` records of the batch that `locator` names, or, without a locator,
 * of the statement's first batch.
 */
export interface QueryPosition {
  locator?: string | undefined;
  skip: number;
}

const locatorPattern = /^[\w-]{1,64}$/;

/** @throws Failure `invalid_input` for a cursor that is not ours */
export function readCursor(cursor: string): QueryPosition {
  const [, locator, skip] = /^(?:([\w-]{1,64})\+)?(\d{1,4})$/.exec(cursor) ?? [];
  if (skip === undefined) throw foreignToken();
  return { locator, skip: Number(skip) };
}

export function writeCursor({ locator, skip }: QueryPosition): string {
  return locator === undefined ? String(skip) : `${locator}+${skip}`;
}

/** The locator in a `nextRecordsUrl`, which is the last part of its path. Nothing else of that URL is ever used. */
export function locatorOf(nextRecordsUrl: string | null | undefined): string | undefined {
  const locator = nextRecordsUrl?.split(/[/?#]/).findLast(Boolean);
  return locator && locatorPattern.test(locator) ? locator : undefined;
}
