import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { quoted } from '../../../../shared/text.ts';
import { money } from '../amounts.ts';
import { isUnknownObject } from '../answerFailure.ts';
import { isIdOf, longRecordId } from '../recordId.ts';
import { valueAt } from '../recordValues.ts';
import type { Salesforce } from '../salesforce.ts';
import { allOf, anyOf, containing, names, type Soql, soql } from '../soql.ts';
import { currencyField, meetsHiddenField, withVisibleFields } from '../visibleFields.ts';
import type { SalesforceRecord } from '../wire.ts';

export type SaleObject = 'Opportunity' | 'Quote' | 'Campaign';

interface Kind {
  label: string;
  plural: string;
  /** The fields that name a record. */
  names: readonly string[];
  /** The names of what it belongs to, by which people call it as well: "the Fabrikam opportunity". */
  parents: readonly string[];
  /** What tells records of one name apart. */
  telling: readonly string[];
  amount?: string;
  /** True for a record that is over; another one of its name is rather meant. */
  isOver(record: SalesforceRecord): boolean;
  /** The condition for those that are not over. */
  open?: Soql;
}

const kinds: Readonly<Record<SaleObject, Kind>> = {
  Opportunity: {
    label: 'opportunity',
    plural: 'opportunities',
    names: ['Name'],
    parents: ['Account.Name'],
    telling: ['StageName', 'CloseDate'],
    amount: 'Amount',
    isOver: ({ IsClosed }) => IsClosed === true,
    open: soql`IsClosed = FALSE`,
  },
  Quote: {
    label: 'quote',
    plural: 'quotes',
    names: ['Name', 'QuoteNumber'],
    parents: ['Opportunity.Name', 'Opportunity.Account.Name'],
    telling: ['QuoteNumber', 'Status'],
    amount: 'GrandTotal',
    isOver: ({ Status }) => Status === 'Denied',
    open: soql`Status != 'Denied'`,
  },
  Campaign: {
    label: 'campaign',
    plural: 'campaigns',
    names: ['Name'],
    parents: [],
    telling: ['Type', 'Status', 'StartDate'],
    isOver: () => false,
  },
};

const ownFields: Readonly<Record<SaleObject, readonly string[]>> = {
  Opportunity: ['IsClosed'],
  Quote: [],
  Campaign: [],
};

interface Sought {
  objectType: SaleObject;
  /** An ID, a name, or the name of what it belongs to. */
  given: string;
  /** The input that has it. */
  input: string;
  /** Fields to read besides those that tell it apart. */
  fields?: readonly string[];
  /** Conditions that it must meet besides. */
  where?: readonly Soql[];
  /** What these conditions are in a failure: ` with products`. */
  whereText?: string;
}

/** More than that are too many to choose from. */
const MAX_FOUND = 50;
const MAX_CHOICES = 6;

/**
 * The one record that is meant by its ID or its name. Of several, the one that is called exactly so; else the only one that is
 * not over, of those that have the name in their own or belong to what is called so. A part of a word is no name: it is only
 * told what may be meant.
 * @throws Failure `not_found`, `ambiguous` with the choices, and `forbidden` where the org has no such object
 */
export async function namedRecord(salesforce: Salesforce, sought: Sought): Promise<SalesforceRecord & { Id: string }> {
  const { objectType, given, input, whereText = '' } = sought;
  const kind = kinds[objectType];
  if (isIdOf([objectType], given)) {
    const id = longRecordId(given);
    const [record] = await read(salesforce, sought, soql`Id = ${id}`);
    if (record) return record;
    throw notFound(input, `There is no ${kind.label} ${quoted(given)}${whereText} that this service may see.`);
  }
  const all = await candidates(salesforce, sought);
  // Of more than are read here, neither those that are called just so nor those that are open need be among the first.
  const isCut = all.length === MAX_FOUND;
  const exact = isCut
    ? await read(salesforce, sought, anyOf(kind.names.map(name => soql`${names(name)} = ${given}`)))
    : all.filter(record => kind.names.some(name => folded(record[name]) === folded(given)));
  const open =
    isCut && exact.length === 0 && kind.open
      ? await candidates(salesforce, { ...sought, where: [...(sought.where ?? []), kind.open] })
      : all.filter(record => !kind.isOver(record));
  const [only, ...others] = exact.length > 0 ? exact : open;
  if (only && exact.length === 0 && others.length === 0 && !isCalled(only, kind, given)) {
    const choice = choiceText(only, kind, salesforce);
    throw notFound(input, `No ${kind.label}${whereText} is called ${quoted(given)}. Did you mean ${choice}?`);
  }
  if (only && others.length === 0) return only;
  const shown = only ? [only, ...others] : all;
  const choices = shown.slice(0, MAX_CHOICES).map(record => choiceText(record, kind, salesforce));
  const more = shown.length > choices.length ? '; and others' : '';
  if (only) {
    const message = `${quoted(given)} may mean several ${kind.plural}${whereText}: ${choices.join('; ')}${more}. Nothing was done. Ask the user which one, and give its ID.`;
    throw new Failure('ambiguous', `${input}: ${message}`, { errors: [{ field: input, message }] });
  }
  const hint = choices.length > 0 ? ` Over already: ${choices.join('; ')}${more}; give the ID of one to use it.` : '';
  throw notFound(
    input,
    `No ${shown.length > 0 ? 'open ' : ''}${kind.label}${whereText} is called ${quoted(given)}, or belongs to what is called so.${hint}`,
  );
}

/**
 * The other records that are not over and that a name may mean as well, as choices; none where the one that was found is called just
 * so, or was given by its ID. It costs a request.
 */
export async function otherOpen(
  salesforce: Salesforce,
  sought: Sought,
  found: SalesforceRecord & { Id: string },
): Promise<string[]> {
  const kind = kinds[sought.objectType];
  if (
    isIdOf([sought.objectType], sought.given) ||
    kind.names.some(name => folded(found[name]) === folded(sought.given))
  )
    return [];
  const others = (await candidates(salesforce, sought)).filter(
    record => record.Id !== found.Id && !kind.isOver(record) && isCalled(record, kind, sought.given),
  );
  const more = others.length > MAX_CHOICES ? ['and others'] : [];
  return [...others.slice(0, MAX_CHOICES).map(record => choiceText(record, kind, salesforce)), ...more];
}

const folded = (text: unknown) =>
  String(text ?? '')
    .trim()
    .replace(/\s+/g, ' ')
    .toLowerCase();

/** Whether a word of a record's name, or of what it belongs to, begins as the text does; a number may lack its zeros. */
function isCalled(record: SalesforceRecord, kind: Kind, given: string): boolean {
  const sought = folded(given);
  return [...kind.names, ...kind.parents].some(path => {
    const text = folded(valueAt(record, path)).replace(path.endsWith('Number') ? /^0+/ : /^/, '');
    for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
      if (!isInWord(text.slice(Math.max(0, at - 1), at), sought)) return true;
    }
    return false;
  });
}

/** Chinese, Japanese and Thai have no spaces between words. */
const spaced = /[\p{L}\p{N}]/u;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

function isInWord(before: string, text: string): boolean {
  const [first = ''] = text;
  return spaced.test(before) && spaced.test(first) && !unspaced.test(before) && !unspaced.test(first);
}

/** The name of a record, and the currency of its amounts. */
export function nameOf(record: SalesforceRecord): string {
  return typeof record.Name === 'string' ? record.Name : String(record.Id);
}

export function currencyOf(record: SalesforceRecord, salesforce: Salesforce): string | undefined {
  const own = record[currencyField];
  return typeof own === 'string' ? own : salesforce.soleCurrency();
}

export const numberAt = (record: SalesforceRecord, path: string): number | undefined => {
  const value = valueAt(record, path);
  return typeof value === 'number' ? value : undefined;
};

export const textAt = (record: SalesforceRecord, path: string): string | undefined => {
  const value = valueAt(record, path);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

async function candidates(salesforce: Salesforce, sought: Sought) {
  const { names: own, parents } = kinds[sought.objectType];
  const called = (paths: readonly string[]) =>
    anyOf(paths.map(path => soql`${names(path)} LIKE ${containing(sought.given)}`));
  if (parents.length === 0) return read(salesforce, sought, called(own));
  try {
    return await read(salesforce, sought, called([...own, ...parents]));
  } catch (error) {
    if (!meetsHiddenField(error)) throw error;
    return read(salesforce, sought, called(own));
  }
}

async function read(salesforce: Salesforce, { objectType, fields = [], where = [] }: Sought, condition: Soql) {
  const { names: own, parents, telling, amount, plural } = kinds[objectType];
  const all = [
    ...new Set([
      'Id',
      ...own,
      ...parents,
      ...telling,
      ...ownFields[objectType],
      ...(amount ? [amount, currencyField] : []),
      ...fields,
    ]),
  ];
  try {
    const found = await withVisibleFields(salesforce, { [objectType]: all }, select =>
      salesforce.query(
        soql`SELECT ${select(objectType)} FROM ${names(objectType)} WHERE ${allOf([condition, ...where])} ORDER BY Name, Id LIMIT ${MAX_FOUND}`,
      ),
    );
    return found.filter((record): record is SalesforceRecord & { Id: string } => typeof record.Id === 'string');
  } catch (error) {
    if (!isUnknownObject(error)) throw error;
    throw new Failure(
      'forbidden',
      `This Salesforce has no ${plural}, or the user that this service runs as may not see them. Say so to the user; a Salesforce administrator can turn them on or give access.`,
      { cause: error },
    );
  }
}

/** `Fabrikam – robot arms (006…, Negotiation/Review, 2027-01-04, 1,250,000 USD)` */
function choiceText(record: SalesforceRecord & { Id: string }, { telling, amount }: Kind, salesforce: Salesforce) {
  const worth = amount === undefined ? undefined : numberAt(record, amount);
  const details = [
    record.Id,
    ...telling.map(path => textAt(record, path)),
    worth !== undefined && money(worth, currencyOf(record, salesforce)),
  ];
  return `${nameOf(record)} (${details.filter(Boolean).join(', ')})`;
}

function notFound(input: string, message: string): Failure {
  return new Failure('not_found', `${input}: ${message}`, { errors: [{ field: input, message }] });
}

/** What is said where exactly one of two inputs must be given. */
export function eitherOf(one: string, other: string): Failure {
  return invalidInput([{ field: one, message: `Give either ${one} or ${other}.` }]);
}
