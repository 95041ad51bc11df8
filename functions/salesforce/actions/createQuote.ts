import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { quoted } from '../../../shared/text.ts';
import { dayText, isOver, resolveDay } from '../../../shared/time/inputs.ts';
import { money } from '../api/amounts.ts';
import { isUnknownObject } from '../api/answerFailure.ts';
import { oneLine, searchText } from '../api/inputs.ts';
import { notReadBack } from '../api/readRecord.ts';
import { isSameRecord } from '../api/recordId.ts';
import { currencyOf, namedRecord, nameOf, otherOpen, textAt } from '../api/sales/namedRecord.ts';
import { opportunityLines, repriced } from '../api/sales/opportunityLines.ts';
import { findPriceBook, ownPriceBook } from '../api/sales/priceBook.ts';
import { findEntries } from '../api/sales/priceEntries.ts';
import { discount, productList } from '../api/sales/productList.ts';
import { lineOf, lineWrites, readSold, saleLine, salesOf } from '../api/sales/saleLines.ts';
import { soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'createQuote',
  toolset: 'salesforce-sales',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: uses('read Opportunity', 'read Pricebook2', 'read PricebookEntry', 'create Quote', 'create QuoteLineItem'),
  title: 'Make a quote',
  description:
    "Makes a Salesforce quote for an opportunity with its own products, or those that are given, as this service's Salesforce user, and tells the total. " +
    'Use it when a customer wants an offer. It sends nothing. To add to a quote that is there use addProducts.',
  input: z.object({
    opportunity: searchText.meta({
      description:
        'The opportunity: its name, its ID, or the name of its account, where one is open (and has products, unless products are given).',
      names: 'opportunity',
      mayMatchSeveral: true,
    }),
    products: productList.optional().meta({
      description:
        'What to offer, in place of its own products: JSON as a string, such as [{"product": "Premium Support", "quantity": 10}]; further names are price and discount.',
      mayMatchSeveral: true,
      takesJson: true,
    }),
    priceBook: searchText.optional().meta({
      description:
        "The price book, by name or ID, such as Standard; the opportunity's own unless given, else the standard one.",
      mayMatchSeveral: true,
    }),
    discount: discount.optional().describe('The discount in percent on all of it, such as 10; one in products wins.'),
    name: oneLine(255).optional().describe("Its name; the opportunity's unless given."),
    validUntil: dayText.optional().describe('The day on which it expires, such as 2026-12-31.'),
  }),
  output: z.object({
    summary: summary('What was made, and its total.'),
    quoteId: id('The ID of the quote.'),
    quoteNumber: z.string().optional().describe('Its number.'),
    name: heading('Its name.'),
    opportunity: z.string().describe('The opportunity that it is for.'),
    priceBook: z.string().describe('The price book.'),
    lines: z.array(saleLine).describe('What is offered.'),
    total: z.number().describe('The grand total.'),
    currency: z.string().optional().describe('The ISO code of the currency of all amounts.'),
    url: link('Its address in Salesforce.'),
    note: z.string().optional().describe('What the user should know.'),
  }),
  example: { opportunity: 'Fabrikam – robot arms', discount: 10, name: 'Robot arms, all in' },
  requests: 40,
  async run(
    { opportunity: given, products, priceBook: wantedBook, discount: discountForAll, name, validUntil },
    context,
  ) {
    const { salesforce, now: at } = context;
    const sought = { objectType: 'Opportunity', given, input: 'opportunity' } as const;
    const opportunity = await namedRecord(salesforce, {
      ...sought,
      fields: ['Pricebook2Id', 'Pricebook2.Name', 'AccountId'],
      ...(products === undefined && {
        where: [soql`HasOpportunityLineItem = TRUE`],
        whereText: ' with products',
      }),
    });
    const others = products === undefined ? await otherOpen(salesforce, sought, opportunity) : [];
    if (others.length > 0) {
      const message = `${quoted(given)} may mean several opportunities: ${nameOf(opportunity)} (${opportunity.Id}), the only one of them with products; ${others.join('; ')}. Nothing was made. Ask the user which one, and give its name or ID; of one without products say what to offer.`;
      throw new Failure('ambiguous', `opportunity: ${message}`, { errors: [{ field: 'opportunity', message }] });
    }
    const own = ownPriceBook(opportunity);
    const book = own && wantedBook === undefined ? own : await findPriceBook(salesforce, wantedBook);
    const currency = currencyOf(opportunity, salesforce);
    const place = { book, currency: salesforce.knownCurrencies().isMulti ? currency : undefined };
    const clock = { now: at, timeZone: salesforce.timeZone };
    const day = validUntil && (await resolveDay(validUntil, clock, 'validUntil'));
    if (day && (await isOver(day, clock))) {
      const message = `It must not be in the past: a quote that expired on ${day} is no offer. Nothing was made.`;
      throw invalidInput([{ field: 'validUntil', message }]);
    }
    const lines = products ? undefined : await opportunityLines(salesforce, opportunity.Id);
    if (lines && lines.length === 0) {
      const message = `${nameOf(opportunity)} has no products. Give what to offer.`;
      throw invalidInput([{ field: 'products', message }]);
    }
    // The prices that were agreed hold, unless they are of another price book.
    const isOther = own !== undefined && !isSameRecord(own.id, book.id);
    const sales = lines
      ? await repriced(salesforce, lines, { place, isOther, discount: discountForAll })
      : salesOf(products ?? [], await findEntries(salesforce, products ?? [], place), discountForAll);
    const called = name ?? nameOf(opportunity);
    const written = await salesforce
      .writeTogether([
        {
          objectType: 'Quote',
          reference: 'quote',
          values: {
            Name: called.slice(0, 255),
            OpportunityId: opportunity.Id,
            Pricebook2Id: book.id,
            ...(day && { ExpirationDate: day }),
          },
        },
        ...lineWrites('Quote', '@{quote.id}', sales),
      ])
      .catch((error: unknown) => Promise.reject(withoutQuotes(error)));
    const [quoteId = '', ...lineIds] = written;
    const now = await readSold(salesforce, { parent: 'Quote', parentId: quoteId, sales }, lineIds);
    const shown = now?.lines ?? sales.map(lineOf);
    const total = now?.total ?? Number(shown.reduce((sum, line) => sum + line.total, 0).toFixed(2));
    const quoteNumber = now && textAt(now.record, 'QuoteNumber');
    const notes = [
      ...(isOther && lines ? [`The prices are those of ${book.name}; the opportunity has those of ${own?.name}.`] : []),
      ...(now ? [] : [notReadBack.note]),
    ];
    return {
      summary: `Quote ${quoteNumber ? `${quoteNumber} ` : ''}for ${nameOf(opportunity)} comes to ${money(total, currency)}${discountForAll ? `, with ${discountForAll}% off` : ''}.`,
      quoteId,
      ...(quoteNumber && { quoteNumber }),
      name: called,
      opportunity: nameOf(opportunity),
      priceBook: book.name,
      lines: shown,
      total,
      ...(currency && { currency }),
      url: salesforce.recordUrl('Quote', quoteId),
      ...(notes.length > 0 && { note: notes.join(' ') }),
    };
  },
});

function withoutQuotes(error: unknown): unknown {
  const isMissing =
    isUnknownObject(error) || (error instanceof Failure && error.code === 'not_found' && error.nothingDone);
  if (!isMissing) return error;
  return new Failure(
    'forbidden',
    'This Salesforce has no quotes, or the user that this service runs as may not make them. Nothing was saved. Say so to the user; a Salesforce administrator can turn quotes on.',
    { cause: error, nothingDone: true },
  );
}
