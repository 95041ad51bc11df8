import { invalidInput } from '../../../../shared/failure.ts';
import type { Salesforce } from '../salesforce.ts';
import { soql } from '../soql.ts';
import { withVisibleFields } from '../visibleFields.ts';
import { numberAt, textAt } from './namedRecord.ts';
import { findEntries } from './priceEntries.ts';
import type { Sale } from './saleLines.ts';

/** As many as one quote takes here. */
const MAX_LINES = 200;

interface OpportunityLine extends Sale {
  productId: string | undefined;
}

/** The products of an opportunity as they are agreed. */
export async function opportunityLines(salesforce: Salesforce, opportunityId: string): Promise<OpportunityLine[]> {
  const fields = [
    ...['Id', 'PricebookEntryId', 'Product2Id', 'Product2.Name', 'Quantity', 'UnitPrice', 'ListPrice', 'Discount'],
  ];
  const records = await withVisibleFields(salesforce, { OpportunityLineItem: fields }, select =>
    salesforce.query(
      soql`SELECT ${select('OpportunityLineItem')} FROM OpportunityLineItem WHERE OpportunityId = ${opportunityId} ORDER BY CreatedDate, Id LIMIT ${MAX_LINES + 1}`,
    ),
  );
  if (records.length > MAX_LINES) {
    const message = `It has more than ${MAX_LINES} products, which is too many for one quote here. Make the quote in Salesforce.`;
    throw invalidInput([{ field: 'opportunity', message }]);
  }
  return records.flatMap(record => {
    const id = textAt(record, 'PricebookEntryId');
    const price = numberAt(record, 'UnitPrice');
    const quantity = numberAt(record, 'Quantity');
    if (id === undefined || price === undefined || quantity === undefined) return [];
    const productId = textAt(record, 'Product2Id');
    const product = textAt(record, 'Product2.Name') ?? id;
    return [
      {
        entry: { id, product, listPrice: numberAt(record, 'ListPrice') ?? price },
        productId,
        quantity,
        price,
        discount: numberAt(record, 'Discount') || undefined,
      },
    ];
  });
}

interface Pricing {
  place: Parameters<typeof findEntries>[2];
  /** Whether the price book is another one than the opportunity's. */
  isOther: boolean;
  /** In percent, for each line in place of its own. */
  discount: number | undefined;
}

/** An opportunity's lines as a quote offers them: at its own prices, or at the list prices of another price book. */
export async function repriced(
  salesforce: Salesforce,
  lines: readonly OpportunityLine[],
  { place, isOther, discount }: Pricing,
): Promise<Sale[]> {
  const withDiscount = lines.map(
    ({ productId: _, ...line }): Sale => ({
      ...line,
      discount: discount === undefined ? line.discount : discount || undefined,
    }),
  );
  if (!isOther) return withDiscount;
  const wanted = lines.map(({ productId, entry, quantity }) => ({ product: productId ?? entry.product, quantity }));
  const entries = await findEntries(salesforce, wanted, place);
  return withDiscount.flatMap((line, at) => {
    const entry = entries[at];
    return entry ? [{ ...line, entry, price: entry.listPrice }] : [];
  });
}
