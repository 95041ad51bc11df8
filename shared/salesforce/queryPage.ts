import { foreignToken } from './listPage.ts';

/** Where a query's list goes on: so many records on, or behind a locator that Salesforce handed out. */
export type QueryPosition = { offset: number } | { locator: string; skip: number };

/** https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_offset.htm */
const MAX_OFFSET = 2000;

const locatorPattern = /^[\w-]{1,64}$/;

/** @throws Failure `invalid_input` for a cursor that is not ours */
export function readCursor(cursor: string | undefined): QueryPosition {
  if (cursor === undefined) return { offset: 0 };
  if (/^\d{1,4}$/.test(cursor)) return { offset: Number(cursor) };
  const [, locator, skip] = /^([\w-]{1,64})\+(\d{1,5})$/.exec(cursor) ?? [];
  if (locator) return { locator, skip: Number(skip) };
  throw foreignToken();
}

/** One item more is asked for than is wanted, so `found` says whether the list goes on behind `offset + limit`. */
export function nextOffset(found: number, { start, offset, limit }: { start: number; offset: number; limit: number }) {
  const next = offset + limit;
  return found > limit && start + next <= MAX_OFFSET ? String(next) : undefined;
}

/** The cursor behind `skip` records of what the locator leads to. */
export function locatorCursor(locator: string, skip = 0): string {
  return `${locator}+${skip}`;
}

/** The locator in a `nextRecordsUrl`, which is the last part of its path. Nothing else of that URL is ever used. */
export function locatorOf(nextRecordsUrl: string | null | undefined): string | undefined {
  const locator = nextRecordsUrl?.split(/[/?#]/).findLast(Boolean);
  return locator && locatorPattern.test(locator) ? locator : undefined;
}
