import * as z from 'zod';
import { heading, id, link } from '../../../shared/schema/meaning.ts';
import { money } from './amounts.ts';
import { nameFieldOf } from './objectNames.ts';
import type { Salesforce } from './salesforce.ts';
import { searchVisible } from './searchVisible.ts';
import { searchWords } from './searchWords.ts';
import { currencyField } from './visibleFields.ts';

/** The fields that the detail of a record is made of, by object. */
const tellingFields: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    Account: ['Industry', 'BillingCity', 'BillingCountry'],
    Contact: ['Title', 'Email', 'Phone'],
    Lead: ['Company', 'Email', 'Status'],
    Opportunity: ['StageName', 'Amount', 'CloseDate'],
    Case: ['Subject', 'Status', 'Priority'],
    Task: ['Status', 'ActivityDate'],
    User: ['Title', 'Email'],
  }),
);

/** Those of them that are amounts of money. */
const amounts = new Set(['Amount']);

/** The objects that are searched where none are named. */
export const everyday = ['Account', 'Contact', 'Lead', 'Opportunity', 'Case'];

/** What is searched for: words, and no signs of the search's own. */
export const searchTerm = z
  .string()
  .trim()
  .max(200)
  .refine(text => searchWords(text) !== undefined, 'Give at least two letters or digits.')
  .describe('The words to search for; a match has all of them. No operators or wildcards.');

/** A record that a search finds. */
export const foundRecord = z.object({
  objectType: z.string().describe('The API name of the object, such as Contact.'),
  recordId: id('The ID of the record.'),
  name: heading('The name of the record.'),
  detail: z.string().optional().describe('Details such as title and e-mail address.'),
  url: link('The address of the record in Salesforce.'),
});

/**
 * The records of these objects that have all words of a term, best matches first, in one request where everything may be
 * seen; and the objects and fields that may not, which are left out.
 * @throws Failure where none of the objects is there
 */
export async function foundRecords(
  salesforce: Salesforce,
  { term, objectTypes, limit }: { term: string; objectTypes: readonly string[]; limit: number },
): Promise<{ records: z.output<typeof foundRecord>[]; leftOut: string[] }> {
  const objects = objectTypes.map(name => ({ name, fields: fieldsOf(name) }));
  const { records, leftOut } = await searchVisible(salesforce, {
    term: searchWords(term) ?? '',
    objects: (await salesforce.currencies()).isMulti === true ? objects.map(withCurrency) : objects,
    limit,
  });
  const toFound = ({ Id: recordId, attributes: { type }, ...fields }: (typeof records)[number]) => {
    const [, nameField = 'Name', ...telling] = fieldsOf(type);
    const currency = fields[currencyField] ?? salesforce.soleCurrency();
    const detail = telling.flatMap(name => {
      const value = fields[name];
      if (value === null || value === undefined) return [];
      return amounts.has(name) && typeof value === 'number' ? [money(value, currency && String(currency))] : [value];
    });
    return {
      objectType: type,
      recordId,
      name: String(fields[nameField] ?? recordId),
      ...(detail.length > 0 && { detail: detail.join(', ') }),
      url: salesforce.recordUrl(type, recordId),
    };
  };
  return { records: records.map(toFound), leftOut };
}

/** The usual spelling of a known object's name, which may be given in any case. */
export function everydayName(given: string): string {
  return [...tellingFields.keys()].find(name => name.toLowerCase() === given.toLowerCase()) ?? given;
}

function fieldsOf(name: string): string[] {
  return ['Id', nameFieldOf(name) ?? 'Name', ...(tellingFields.get(name) ?? [])];
}

function withCurrency(object: { name: string; fields: string[] }) {
  return object.fields.some(field => amounts.has(field))
    ? { ...object, fields: [...object.fields, currencyField] }
    : object;
}
