import * as z from 'zod';
import { heading } from '../../../../shared/schema/meaning.ts';
import type { RecordWrite, Salesforce } from '../salesforce.ts';
import { names, soql } from '../soql.ts';
import { currencyField } from '../visibleFields.ts';
import type { SalesforceRecord } from '../wire.ts';
import { numberAt } from './namedRecord.ts';
import type { PriceEntry } from './priceEntries.ts';
import type { WantedProduct } from './productList.ts';

/** A product of an opportunity or a quote, in an answer. */
export const saleLine = z.object({
  product: heading('The name of the product.'),
  quantity: z.number().describe('How many.'),
  price: z.number().describe('The price of one, before the discount.'),
  listPrice: z.number().optional().describe('The list price of one, where another one was asked.'),
  discount: z.number().optional().describe('The discount in percent.'),
  total: z.number().describe('What the line comes to.'),
});

export type SaleLine = z.output<typeof saleLine>;

/** What is sold, at which price. */
export interface Sale {
  entry: Pick<PriceEntry, 'id' | 'product' | 'listPrice'>;
  quantity: number;
  price: number;
  discount: number | undefined;
}

/** The sales that are meant: each at its own price and discount, or at list price and the one that is for all. */
export function salesOf(
  wanted: readonly WantedProduct[],
  entries: readonly PriceEntry[],
  discountForAll?: number,
): Sale[] {
  return wanted.flatMap(({ quantity, price, discount = discountForAll }, at) => {
    const entry = entries[at];
    return entry
      ? [{ entry, quantity, price: price ?? entry.listPrice, discount: discount === 0 ? undefined : discount }]
      : [];
  });
}

export type SaleParent = 'Opportunity' | 'Quote';

/** The writes that add lines to a parent, whose ID may be a reference. */
export function lineWrites(parent: SaleParent, parentId: string, sales: readonly Sale[]): RecordWrite[] {
  return sales.map(({ entry, quantity, price, discount }, at) => ({
    objectType: `${parent}LineItem`,
    reference: `line${at}`,
    called: entry.product,
    values: {
      [`${parent}Id`]: parentId,
      PricebookEntryId: entry.id,
      Quantity: quantity,
      UnitPrice: price,
      ...(discount !== undefined && { Discount: discount }),
    },
  }));
}

/** The field with the worth of the whole. */
export const totalField: Readonly<Record<SaleParent, string>> = { Opportunity: 'Amount', Quote: 'GrandTotal' };

const cents = (amount: number) => Number(amount.toFixed(2));

/** A line as it was sent, which is what Salesforce makes of it unless its own automation does otherwise. */
export function lineOf({ entry, quantity, price, discount }: Sale): SaleLine {
  return {
    product: entry.product,
    quantity,
    price,
    ...(price !== entry.listPrice && { listPrice: entry.listPrice }),
    ...(discount !== undefined && { discount }),
    total: cents(quantity * price * (1 - (discount ?? 0) / 100)),
  };
}

interface SoldNow {
  record: SalesforceRecord;
  total: number | undefined;
  lines: SaleLine[];
}

/** The parent's total and these lines as they are now; undefined where they cannot be read. */
export function readSold(
  salesforce: Salesforce,
  { parent, parentId, sales }: { parent: SaleParent; parentId: string; sales: readonly Sale[] },
  lineIds: readonly (string | undefined)[],
): Promise<SoldNow | undefined> {
  const ids = lineIds.filter(id => id !== undefined);
  const isMulti = salesforce.knownCurrencies().isMulti === true;
  const fields = ['Id', 'Name', totalField[parent], ...(parent === 'Quote' ? ['QuoteNumber'] : [])];
  const children = names(parent === 'Quote' ? 'QuoteLineItems' : 'OpportunityLineItems');
  const statement = soql`SELECT ${names(...fields, ...(isMulti ? [currencyField] : []))}, (SELECT Id, Quantity, UnitPrice, TotalPrice FROM ${children} WHERE Id IN ${ids}) FROM ${names(parent)} WHERE Id = ${parentId}`;
  return salesforce.readBack(statement, record => {
    const { records } = childrenSchema.parse(record[children.text]);
    return {
      record,
      total: numberAt(record, totalField[parent]),
      lines: sales.map((sale, at): SaleLine => {
        const line = records.find(({ Id }) => Id === lineIds[at]);
        return {
          ...lineOf(sale),
          ...(line && { quantity: line.Quantity, price: line.UnitPrice, total: line.TotalPrice }),
        };
      }),
    };
  });
}

const childrenSchema = z.object({
  records: z.array(z.object({ Id: z.string(), Quantity: z.number(), UnitPrice: z.number(), TotalPrice: z.number() })),
});
