import { foreignToken } from './listPage.ts';

/**
 * Where a query's list goes on: so many records on, or behind `skip` records of what a locator that Salesforce handed
 * out leads to. What was asked for at once ends with the last locator; the list then goes on `then` records on.
 */
export type QueryPosition = { offset: number } | LocatorPosition;

interface LocatorPosition {
  locator: string;
  skip: number;
  then?: string | undefined;
}

/** https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_offset.htm */
const MAX_OFFSET = 2000;

const locatorPattern = /^[\w-]{1,64}$/;

/** @throws Failure `invalid_input` for a cursor that is not ours */
export function readCursor(cursor: string | undefined): QueryPosition {
  if (cursor === undefined) return { offset: 0 };
  if (/^\d{1,4}$/.test(cursor)) return { offset: Number(cursor) };
  const [, locator, skip, then] = /^([\w-]{1,64})\+(\d{1,5})(?:\+(\d{1,4}))?$/.exec(cursor) ?? [];
  if (locator) return { locator, skip: Number(skip), then };
  throw foreignToken();
}

/** Without a locator, what was asked for at once has come to its end. */
export function locatorCursor({
  locator,
  skip,
  then,
}: Omit<LocatorPosition, 'locator'> & { locator: string | undefined }): string | undefined {
  return locator === undefined ? then : [locator, skip, then].filter(part => part !== undefined).join('+');
}

/** The cursor `offset` records on from `start`, as far as Salesforce goes. */
export function offsetCursor(start: number, offset: number): string | undefined {
  return start + offset <= MAX_OFFSET ? String(offset) : undefined;
}

/** The locator in a `nextRecordsUrl`, which is the last part of its path. Nothing else of that URL is ever used. */
export function locatorOf(nextRecordsUrl: string | null | undefined): string | undefined {
  const locator = nextRecordsUrl?.split(/[/?#]/).findLast(Boolean);
  return locator && locatorPattern.test(locator) ? locator : undefined;
}
