import { type Page, type PageRequest, page } from '../../../shared/action/page.ts';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { isUnknownObject } from './answerFailure.ts';
import { counted, matching, type Noun } from './counted.ts';
import type { NotShown } from './notShown.ts';
import type { RecordShape } from './recordShape.ts';
import type { Salesforce } from './salesforce.ts';
import { allOf, containing, containingDigits, names, type Soql, soql } from './soql.ts';
import { withVisibleFields } from './visibleFields.ts';

interface Search<Item, Output> {
  shape: RecordShape<Item>;
  noun: Noun;
  /** The conditions by input name; undefined for an input that was not given. */
  where: Record<string, Soql | undefined>;
  orderBy: Soql;
  /** Text that the summary has after the count, such as `, worth 240,000 USD`. */
  aside?(items: Item[]): string;
  /** A sentence that the summary ends with. */
  remark?: string | undefined;
  answer(summary: string, items: Item[]): Output;
}

/**
 * Returns a page of the records of one object that meet all conditions. It costs one request.
 * @throws Failure `invalid_input` when no condition is given
 */
export async function findRecords<Item, Output>(
  { salesforce, page: request }: { salesforce: Salesforce; page: PageRequest },
  { shape, noun, where, orderBy, aside = () => '', remark, answer }: Search<Item, Output>,
): Promise<Page<Output & NotShown>> {
  const conditions = Object.values(where).filter(condition => condition !== undefined);
  if (conditions.length === 0) {
    const inputs = Object.keys(where).map(name => (name === 'openOnly' ? 'openOnly=true' : name));
    const message = `Give at least one of ${inputs.join(', ')}.`;
    throw invalidInput([{ field: '', message }]);
  }
  const { objectType, fields } = shape;
  const notShown: string[] = [];
  const { records, nextCursor } = await withVisibleFields(
    salesforce,
    { [objectType]: fields },
    select =>
      salesforce.list(
        soql`SELECT ${select(objectType)} FROM ${names(objectType)} WHERE ${allOf(conditions)} ORDER BY ${orderBy}`,
        request,
      ),
    field => notShown.push(field),
  ).catch((error: unknown) => {
    throw isUnknownObject(error) ? notSeen(noun) : error;
  });
  return page({
    items: records.map(record => shape.read(record, salesforce)),
    nextCursor,
    answer(items, more) {
      const summary = summarize(items.length, noun, aside(items), { more, isFirst: request.isFirst });
      return {
        ...answer([summary, remark].filter(Boolean).join(' '), items),
        ...(notShown.length > 0 && { notShown }),
      };
    },
  });
}

/** The condition for an input; undefined when the input was not given. */
export function ifGiven<Value>(value: Value | undefined, condition: (value: Value) => Soql): Soql | undefined {
  return value === undefined ? undefined : condition(value);
}

/** Records whose owner has this e-mail address, or a name that contains the text. */
export function ownedBy(person: string): Soql {
  return person.includes('@') ? soql`Owner.Email = ${person}` : soql`Owner.Name LIKE ${containing(person)}`;
}

/** Records whose account has a name that contains the text. */
export function ofAccount(name: string): Soql {
  return soql`Account.Name LIKE ${containing(name)}`;
}

/** Records with this phone number. Only the last seven digits are compared, because prefixes and grouping vary. */
export function hasPhone(phone: string, ...fields: [string, ...string[]]): Soql {
  const digits = phone.replace(/\D/g, '').slice(-7);
  if (digits.length < 4) {
    throw invalidInput([{ field: 'phone', message: 'It must have at least four digits.' }]);
  }
  const [first, ...others] = fields.map(field => soql`${names(field)} LIKE ${containingDigits(digits)}`);
  return others.reduce((either, other) => soql`${either} OR ${other}`, first as Soql);
}

function notSeen([, many]: Noun): Failure {
  return new Failure(
    'forbidden',
    `The Salesforce user that this service runs as may not see ${many}. Say so to the user; a Salesforce administrator can give access.`,
  );
}

/** `3 accounts match.` or, for a page of several, `The first 25 accounts that match; there are more on the next page.` */
function summarize(
  count: number,
  noun: Noun,
  aside: string,
  { more, isFirst }: { more: boolean; isFirst: boolean },
): string {
  const [one, many] = noun;
  if (count === 0) return isFirst ? `No ${one} matches.` : `No more ${many} match.`;
  if (!more) return `${matching(count, isFirst ? noun : [`more ${one}`, `more ${many}`])}${aside}.`;
  const which = count === 1 ? one : counted(count, noun);
  return `The ${isFirst ? 'first' : 'next'} ${which} that ${count === 1 ? 'matches' : 'match'}${aside}; there are more on the next page.`;
}
