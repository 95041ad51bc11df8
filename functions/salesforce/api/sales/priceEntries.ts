import { Failure, type FieldError, invalidInput } from '../../../../shared/failure.ts';
import { nearNames } from '../../../../shared/filter/nearNames.ts';
import { quoted } from '../../../../shared/text.ts';
import { money } from '../amounts.ts';
import { isIdOf, isSameRecord, longRecordId } from '../recordId.ts';
import type { Salesforce } from '../salesforce.ts';
import { anyOf, names, soql } from '../soql.ts';
import { currencyField, withVisibleFields } from '../visibleFields.ts';
import type { SalesforceRecord } from '../wire.ts';
import { numberAt, textAt } from './namedRecord.ts';
import type { PriceBook } from './priceBook.ts';
import type { WantedProduct } from './productList.ts';

/** A product as a price book has it, in one currency. */
export interface PriceEntry {
  id: string;
  product: string;
  code: string | undefined;
  listPrice: number;
  currency: string | undefined;
}

interface Place {
  book: PriceBook;
  /** Of what it is added to, in an org with several: the prices must be in it. */
  currency: string | undefined;
}

const input = 'products';
const MAX_ENTRIES = 500;
const MAX_KNOWN = 200;
const MAX_CHOICES = 6;

const folded = (text: string) => text.trim().replace(/\s+/g, ' ').toLowerCase();

interface Found extends PriceEntry {
  productId: string;
  isActive: boolean;
}

/**
 * The entries of a price book for products by name, code or ID, in their order. It costs one request, and one more where one is
 * not found.
 * @throws Failure `ambiguous` where several products are called so, and `invalid_input` with near names, other price books or
 *   other currencies
 */
export async function findEntries(
  salesforce: Salesforce,
  wanted: readonly WantedProduct[],
  { book, currency }: Place,
): Promise<PriceEntry[]> {
  const all = await entries(salesforce, wanted, book);
  const errors: FieldError[] = [];
  const missing: { product: string; at: number }[] = [];
  let several = false;
  const found = wanted.map(({ product }, at) => {
    const called = calledSo(all, product);
    const inCurrency = called.filter(entry => currency === undefined || entry.currency === currency);
    const active = inCurrency.filter(({ isActive }) => isActive);
    const [only, ...others] = active;
    if (only && others.length === 0) return only;
    const refuse = (message: string) => errors.push({ field: input, message: `${quoted(product)}: ${message}` });
    if (only) {
      several = true;
      const choices = active.slice(0, MAX_CHOICES).map(choiceText);
      refuse(`several products are called so: ${choices.join('; ')}. Ask the user which one, and give its code or ID.`);
    } else if (inCurrency.length > 0) refuse(`it is in ${book.name}, but no longer sold: its price is not active.`);
    else if (called.length > 0) {
      const others = [...new Set(called.map(entry => entry.currency))].join(', ');
      refuse(`${book.name} has it in ${others} alone, and this is in ${currency}.`);
    } else missing.push({ product, at });
    return undefined;
  });
  errors.push(...(await whyMissing(salesforce, missing, book)));
  if (errors.length > 0) throw refusal(errors, several);
  return found.filter(entry => entry !== undefined);
}

function refusal(errors: readonly FieldError[], several: boolean): Failure {
  const told = errors.map(({ field, message }, at) => ({
    field,
    message: at === errors.length - 1 ? `${message} Nothing was saved.` : message,
  }));
  const failure = invalidInput(told);
  return several ? new Failure('ambiguous', failure.message, { errors: told }) : failure;
}

/** One with a code or an ID that is given so wins over one that is called so. */
function calledSo(all: readonly Found[], given: string): Found[] {
  const sought = folded(given);
  const ways: ((entry: Found) => boolean)[] = [
    ({ productId, id }) =>
      isIdOf(['Product2'], given) && [productId, id].some(each => isSameRecord(each, longRecordId(given))),
    ({ code }) => code !== undefined && folded(code) === sought,
    ({ product }) => folded(product) === sought,
  ];
  for (const isMeant of ways) {
    const found = all.filter(isMeant);
    if (found.length > 0) return found;
  }
  return [];
}

async function entries(salesforce: Salesforce, wanted: readonly WantedProduct[], book: PriceBook): Promise<Found[]> {
  const given = [...new Set(wanted.map(({ product }) => product))];
  const ids = given.filter(text => isIdOf(['Product2'], text)).map(longRecordId);
  const condition = anyOf([
    soql`Product2.Name IN ${given}`,
    soql`Product2.ProductCode IN ${given}`,
    ...(ids.length > 0 ? [soql`Product2Id IN ${ids}`, soql`Id IN ${ids}`] : []),
  ]);
  const fields = ['Id', 'Product2Id', 'Product2.Name', 'Product2.ProductCode', 'UnitPrice', 'IsActive', currencyField];
  const records = await withVisibleFields(salesforce, { PricebookEntry: fields }, select =>
    salesforce.query(
      soql`SELECT ${select('PricebookEntry')} FROM PricebookEntry WHERE Pricebook2Id = ${book.id} AND ${condition} ORDER BY Product2.Name, Id LIMIT ${MAX_ENTRIES}`,
    ),
  );
  return records.flatMap(record => toFound(record));
}

function toFound(record: SalesforceRecord): Found[] {
  const id = textAt(record, 'Id');
  const listPrice = numberAt(record, 'UnitPrice');
  if (id === undefined || listPrice === undefined) return [];
  return [
    {
      id,
      productId: textAt(record, 'Product2Id') ?? id,
      product: textAt(record, 'Product2.Name') ?? id,
      code: textAt(record, 'Product2.ProductCode'),
      listPrice,
      currency: textAt(record, currencyField),
      isActive: record.IsActive !== false,
    },
  ];
}

function choiceText({ product, code, productId, listPrice, currency }: Found): string {
  return `${product} (${[code, productId, money(listPrice, currency)].filter(Boolean).join(', ')})`;
}

/** Where a product is that the price book does not have, or which are called alike. */
async function whyMissing(
  salesforce: Salesforce,
  missing: readonly { product: string }[],
  book: PriceBook,
): Promise<FieldError[]> {
  if (missing.length === 0) return [];
  const given = missing.map(({ product }) => product);
  const statements = [
    soql`SELECT ${names('Product2.Name')} FROM PricebookEntry WHERE Pricebook2Id = ${book.id} AND IsActive = TRUE ORDER BY Product2.Name LIMIT ${MAX_KNOWN}`,
    soql`SELECT ${names('Product2.Name', 'Product2.ProductCode', 'Pricebook2.Name')} FROM PricebookEntry WHERE Pricebook2Id != ${book.id} AND IsActive = TRUE AND Pricebook2.IsActive = TRUE AND (Product2.Name IN ${given} OR Product2.ProductCode IN ${given}) LIMIT ${MAX_KNOWN}`,
  ];
  const [known = [], elsewhere = []] = (await salesforce.queryTogether(statements)).map(answer =>
    answer instanceof Failure ? [] : answer,
  );
  const sold = known.flatMap(record => textAt(record, 'Product2.Name') ?? []);
  return given.map(product => {
    const isIt = (record: SalesforceRecord) =>
      ['Product2.Name', 'Product2.ProductCode'].some(path => folded(textAt(record, path) ?? '') === folded(product));
    const books = [...new Set(elsewhere.filter(isIt).flatMap(record => textAt(record, 'Pricebook2.Name') ?? []))];
    const near = nearNames(product, sold);
    const hint =
      books.length > 0
        ? ` It is in ${books.join(', ')}.`
        : near.length > 0
          ? ` Did you mean ${near.join(' or ')}?`
          : ' searchRecords finds products.';
    return { field: input, message: `${quoted(product)}: ${book.name} has no such product.${hint}` };
  });
}
