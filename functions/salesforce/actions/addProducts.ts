import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { money } from '../api/amounts.ts';
import { counted } from '../api/counted.ts';
import { searchText } from '../api/inputs.ts';
import { notReadBack } from '../api/readRecord.ts';
import { isSameRecord } from '../api/recordId.ts';
import { currencyOf, eitherOf, namedRecord, nameOf, numberAt } from '../api/sales/namedRecord.ts';
import { findPriceBook, ownPriceBook } from '../api/sales/priceBook.ts';
import { findEntries } from '../api/sales/priceEntries.ts';
import { productList } from '../api/sales/productList.ts';
import { lineOf, lineWrites, readSold, saleLine, salesOf, totalField } from '../api/sales/saleLines.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'addProducts',
  toolset: 'salesforce-sales',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: uses('read Opportunity', 'read Pricebook2', 'read PricebookEntry', 'create OpportunityLineItem'),
  title: 'Add products to an opportunity or a quote',
  description:
    "Adds products of a price book to a Salesforce opportunity or quote, as this service's Salesforce user, all of them or none, and tells the total before and after. " +
    'With products the amount of an opportunity is their sum: one that was entered by hand is replaced only with replaceAmount. ' +
    'Use it when a customer wants more. For a new quote use createQuote; to change a line that is there use updateRecord.',
  input: z.object({
    opportunity: searchText.optional().meta({
      description: 'The opportunity: its name, or that of its account where one is open, or its ID.',
      names: 'opportunity',
      mayMatchSeveral: true,
    }),
    quote: searchText.optional().meta({
      description: 'In place of opportunity, a quote: its name, number or ID.',
      names: 'quote',
      mayMatchSeveral: true,
    }),
    products: productList.meta({
      description:
        'What to add: JSON as a string, such as [{"product": "Premium Support", "quantity": 10, "discount": 5}]. product is a name or code; price is for one, the list price unless given; discount is in percent.',
      mayMatchSeveral: true,
      takesJson: true,
    }),
    priceBook: searchText.optional().meta({
      description: 'The price book, by name or ID, where it has none yet; the standard one unless given.',
      mayMatchSeveral: true,
    }),
    replaceAmount: z.boolean().optional().meta({
      description: 'True where the user agreed that an amount entered by hand becomes the sum of the products.',
      permits: true,
    }),
  }),
  output: z.object({
    summary: summary('What was added, and what the total is now.'),
    recordId: id('The ID of the opportunity or quote.'),
    name: heading('Its name.'),
    priceBook: z.string().describe('The price book.'),
    lines: z.array(saleLine).describe('The lines that were added.'),
    totalBefore: z.number().optional().describe('Its total before.'),
    totalAfter: z.number().optional().describe('Its total now.'),
    currency: z.string().optional().describe('The ISO code of the currency of all amounts.'),
    url: link('Its address in Salesforce.'),
    note: z.string().optional().describe('What the user should know.'),
  }),
  example: {
    opportunity: 'Northwind – labels',
    products: '[{"product":"Premium Support","quantity":2}]',
    replaceAmount: true,
  },
  requests: 40,
  async run({ opportunity, quote, products, priceBook: wantedBook, replaceAmount = false }, { salesforce }) {
    const given = opportunity ?? quote;
    if (given === undefined || (opportunity !== undefined && quote !== undefined))
      throw eitherOf('opportunity', 'quote');
    const parent = opportunity === undefined ? 'Quote' : 'Opportunity';
    const isOpportunity = parent === 'Opportunity';
    const record = await namedRecord(salesforce, {
      objectType: parent,
      given,
      input: isOpportunity ? 'opportunity' : 'quote',
      fields: ['Pricebook2Id', 'Pricebook2.Name', ...(isOpportunity ? ['HasOpportunityLineItem'] : [])],
    });
    const own = ownPriceBook(record);
    const book = own && wantedBook === undefined ? own : await findPriceBook(salesforce, wantedBook);
    if (own && !isSameRecord(own.id, book.id)) {
      throw new Failure(
        'conflict',
        `${nameOf(record)} has the price book ${own.name}, and products of ${book.name} cannot be added to it. Nothing was saved. Leave priceBook out, or ask the user.`,
      );
    }
    const currency = currencyOf(record, salesforce);
    const before = numberAt(record, totalField[parent]);
    const isByHand = isOpportunity && record.HasOpportunityLineItem === false && before !== undefined && before !== 0;
    if (isByHand && !replaceAmount) {
      throw new Failure(
        'conflict',
        `${nameOf(record)} has no products yet, and its amount of ${money(before, currency)} was entered by hand: with products Salesforce makes it their sum. Nothing was added. Ask the user, and where they agree give replaceAmount true.`,
      );
    }
    const entries = await findEntries(salesforce, products, {
      book,
      currency: salesforce.knownCurrencies().isMulti ? currency : undefined,
    });
    const sales = salesOf(products, entries);
    const setsBook = own === undefined;
    const written = await salesforce.writeTogether([
      ...(setsBook
        ? [{ objectType: parent, recordId: record.Id, reference: 'parent', values: { Pricebook2Id: book.id } }]
        : []),
      ...lineWrites(parent, record.Id, sales),
    ]);
    const now = await readSold(salesforce, { parent, parentId: record.Id, sales }, written.slice(setsBook ? 1 : 0));
    const lines = now?.lines ?? sales.map(lineOf);
    const notes = [
      ...(setsBook ? [`It had no price book; ${book.name} was set.`] : []),
      ...(isByHand
        ? [
            `Its amount, ${money(before, currency)} until now, had been entered by hand; with products Salesforce makes it the sum of them.`,
          ]
        : []),
      ...(now ? [] : [notReadBack.note]),
    ];
    const what = lines.map(({ product, quantity, total }) => `${quantity} × ${product} for ${money(total, currency)}`);
    const totals =
      now?.total === undefined
        ? ''
        : ` Its total is ${money(now.total, currency)}${before === undefined ? '' : `; before it was ${money(before, currency)}`}.`;
    return {
      summary: `Added ${what.length > 3 ? counted(what.length, ['product', 'products']) : what.join(', ')} to ${nameOf(record)}.${totals}`,
      recordId: record.Id,
      name: nameOf(record),
      priceBook: book.name,
      lines,
      ...(before !== undefined && { totalBefore: before }),
      ...(now?.total !== undefined && { totalAfter: now.total }),
      ...(currency && { currency }),
      url: salesforce.recordUrl(parent, record.Id),
      ...(notes.length > 0 && { note: notes.join(' ') }),
    };
  },
});
