import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { nearNames } from '../../../../shared/filter/nearNames.ts';
import { quoted } from '../../../../shared/text.ts';
import { isUnknownObject } from '../answerFailure.ts';
import { isRecordId, isSameRecord, longRecordId } from '../recordId.ts';
import type { Salesforce } from '../salesforce.ts';
import { soql } from '../soql.ts';
import { withVisibleFields } from '../visibleFields.ts';
import type { SalesforceRecord } from '../wire.ts';
import { textAt } from './namedRecord.ts';

export interface PriceBook {
  id: string;
  name: string;
}

const MAX_BOOKS = 200;
const MAX_CHOICES = 8;
const input = 'priceBook';

const folded = (text: string) => text.trim().replace(/\s+/g, ' ').toLowerCase();

/**
 * The price book that is meant, by its ID or its name, the standard one also as "standard"; without a name the standard one, or
 * the only one that is in use.
 * @throws Failure `invalid_input` with those that there are, and `ambiguous`
 */
export async function findPriceBook(salesforce: Salesforce, given: string | undefined): Promise<PriceBook> {
  const all = (await activeBooks(salesforce)).flatMap(({ Id: id, Name: name, IsStandard }) =>
    typeof id === 'string' && typeof name === 'string' ? [{ id, name, isStandard: IsStandard === true }] : [],
  );
  const listed = all.slice(0, MAX_CHOICES).map(({ id, name }) => `${name} (${id})`);
  const refused = (message: string) => invalidInput([{ field: input, message }]);
  if (all.length === 0) {
    throw new Failure(
      'forbidden',
      'This Salesforce has no active price book that this service may see, so it has no products to sell. Say so to the user.',
    );
  }
  const found = given === undefined ? byDefault(all) : calledSo(all, given);
  const [only, ...others] = found;
  if (only && others.length === 0) return { id: only.id, name: only.name };
  if (only) {
    const message = `${given === undefined ? 'No price book is given, and there are several' : `${quoted(given)} may mean several`}: ${listed.join('; ')}. Nothing was done. Ask the user which one.`;
    throw new Failure('ambiguous', `${input}: ${message}`, { errors: [{ field: input, message }] });
  }
  const near = nearNames(
    given ?? '',
    all.map(({ name }) => name),
  );
  throw refused(
    `There is no active price book ${quoted(given ?? '')}. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are: ${listed.join('; ')}.`}`,
  );
}

interface Book extends PriceBook {
  isStandard: boolean;
}

function byDefault(all: readonly Book[]): readonly Book[] {
  const standard = all.filter(({ isStandard }) => isStandard);
  return standard.length > 0 ? standard : all;
}

function calledSo(all: readonly Book[], given: string): readonly Book[] {
  if (isRecordId(given) && given.startsWith('01s'))
    return all.filter(({ id }) => isSameRecord(id, longRecordId(given)));
  const sought = folded(given);
  const exact = all.filter(({ name }) => folded(name) === sought);
  if (exact.length > 0) return exact;
  const short = sought.replace(/ ?price ?book$/, '');
  if (short === 'standard') return all.filter(({ isStandard }) => isStandard);
  return all.filter(({ name }) => folded(name).replace(/ ?price ?book$/, '') === short);
}

async function activeBooks(salesforce: Salesforce): Promise<SalesforceRecord[]> {
  try {
    return await withVisibleFields(salesforce, { Pricebook2: ['Id', 'Name', 'IsStandard'] }, select =>
      salesforce.query(
        soql`SELECT ${select('Pricebook2')} FROM Pricebook2 WHERE IsActive = TRUE ORDER BY IsStandard DESC, Name LIMIT ${MAX_BOOKS}`,
      ),
    );
  } catch (error) {
    if (!isUnknownObject(error)) throw error;
    throw new Failure(
      'forbidden',
      'This Salesforce has no price books, or the user that this service runs as may not see them. Say so to the user; a Salesforce administrator can turn products on or give access.',
      { cause: error },
    );
  }
}

/** The price book that a record has. */
export function ownPriceBook(record: SalesforceRecord): PriceBook | undefined {
  const id = textAt(record, 'Pricebook2Id');
  return id === undefined ? undefined : { id, name: textAt(record, 'Pricebook2.Name') ?? id };
}
