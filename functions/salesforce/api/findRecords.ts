import type * as z from 'zod';
import { type Page, type PageRequest, page } from '../../../shared/action/page.ts';
import { invalidInput } from '../../../shared/failure.ts';
import { fieldsOf } from './rows.ts';
import type { Salesforce } from './salesforce.ts';
import { allOf, containing, containingDigits, names, type Soql, soql } from './soql.ts';
import { withVisibleFields } from './visibleFields.ts';
import { read } from './wire.ts';

export interface Search<Row extends z.ZodObject, Item, Output> {
  objectType: string;
  /** What one of them is called, and several. */
  nouns: readonly [string, string];
  row: Row;
  /** A condition for each input that was given, under the input's name. */
  where: Record<string, Soql | undefined>;
  orderBy: Soql;
  toItem(row: z.output<Row>, url: (recordId: string) => string): Item;
  /** What the summary says besides how many there are. */
  aside?(items: Item[]): string;
  answer(summary: string, items: Item[]): Output;
}

/**
 * Finds the records of one object that meet every condition, a page at a time; one request.
 * @throws Failure `invalid_input` when there is no condition at all
 */
export async function findRecords<Row extends z.ZodObject, Item, Output>(
  { salesforce, page: request }: { salesforce: Salesforce; page: PageRequest },
  { objectType, nouns, row, where, orderBy, toItem, aside = () => '', answer }: Search<Row, Item, Output>,
): Promise<Page<Output>> {
  const conditions = Object.values(where).filter(condition => condition !== undefined);
  if (conditions.length === 0) {
    const inputs = Object.keys(where).map(name => (name === 'openOnly' ? 'openOnly=true' : name));
    const message = `Give at least one of ${inputs.join(', ')}.`;
    throw invalidInput([{ field: '', message }]);
  }
  const { records, nextCursor } = await withVisibleFields(salesforce, { [objectType]: fieldsOf(row) }, select =>
    salesforce.list(
      soql`SELECT ${select(objectType)} FROM ${names(objectType)} WHERE ${allOf(conditions)} ORDER BY ${orderBy}`,
      request,
    ),
  );
  const url = (recordId: string) => salesforce.recordUrl(objectType, recordId);
  return page({
    items: records.map(record => toItem(read(row, record), url)),
    nextCursor,
    answer: (items, more) =>
      answer(summarize(items.length, nouns, aside(items), { more, isFirst: request.isFirst }), items),
  });
}

/** A condition on an input: none when it was not given. */
export function ifGiven<Value>(value: Value | undefined, condition: (value: Value) => Soql): Soql | undefined {
  return value === undefined ? undefined : condition(value);
}

/** The owner by a part of the name, or by e-mail address. */
export function ownedBy(person: string): Soql {
  return person.includes('@') ? soql`Owner.Email = ${person}` : soql`Owner.Name LIKE ${containing(person)}`;
}

/** The account by a part of its name. */
export function ofAccount(name: string): Soql {
  return soql`Account.Name LIKE ${containing(name)}`;
}

/** Numbers are written with or without prefix and in any grouping; the last seven digits tell them apart. */
export function hasPhone(phone: string, ...fields: [string, ...string[]]): Soql {
  const digits = phone.replace(/\D/g, '').slice(-7);
  if (digits.length < 4) {
    throw invalidInput([{ field: 'phone', message: 'It must have at least four digits.' }]);
  }
  const [first, ...others] = fields.map(field => soql`${names(field)} LIKE ${containingDigits(digits)}`);
  return others.reduce((either, other) => soql`${either} OR ${other}`, first as Soql);
}

/** `3 accounts match.`, and that there are more where there are. */
function summarize(
  count: number,
  [one, many]: readonly [string, string],
  aside: string,
  { more, isFirst }: { more: boolean; isFirst: boolean },
): string {
  if (count === 0) return isFirst ? `No ${one} matches.` : `No more ${many} match.`;
  const thing = count === 1 ? one : many;
  const match = count === 1 ? 'matches' : 'match';
  if (!more) return `${count} ${isFirst ? '' : 'more '}${thing} ${match}${aside}.`;
  const which = `${isFirst ? 'first' : 'next'} ${count === 1 ? '' : `${count} `}${thing}`;
  return `The ${which} that ${match}${aside}; there are more on the next page.`;
}
