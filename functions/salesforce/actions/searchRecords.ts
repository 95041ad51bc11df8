import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { invalidInput } from '../../../shared/failure.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { LIST_TEXT } from '../../../shared/schema/textLimit.ts';
import { quoted } from '../../../shared/text.ts';
import { money } from '../api/amounts.ts';
import { matching } from '../api/counted.ts';
import { objectType } from '../api/inputs.ts';
import { readOffset } from '../api/listPage.ts';
import { notShown } from '../api/notShown.ts';
import { nameFieldOf } from '../api/objectNames.ts';
import { searchVisible } from '../api/searchVisible.ts';
import { searchWords } from '../api/searchWords.ts';
import { currencyField } from '../api/visibleFields.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

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

const everyday = ['Account', 'Contact', 'Lead', 'Opportunity', 'Case'];
const MAX_OBJECTS = 20;
/** The most that Salesforce returns. */
const MAX_FOUND = 2000;

const found = z.object({
  objectType: z.string().describe('The API name of the object, such as Contact.'),
  recordId: id('The ID of the record.'),
  name: heading('The name of the record.'),
  detail: z.string().optional().describe('Details such as title and e-mail address.'),
  url: link('The address of the record in Salesforce.'),
});

export default salesforce.action({
  name: 'searchRecords',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  needs: uses(),
  title: 'Search records by words',
  description:
    'Searches Salesforce accounts, contacts, leads, opportunities and cases at once, or the objects that are given, for words in their text fields; best matches first. ' +
    'Use it when the user gives a name or words without the kind of record. When the kind is known use findAccounts, findContacts or the like.',
  input: z.object({
    term: z
      .string()
      .trim()
      .max(200)
      .refine(text => searchWords(text) !== undefined, 'Give at least two letters or digits.')
      .describe('The words to search for; a match has all of them. No operators or wildcards.'),
    objectTypes: z
      .string()
      .max(LIST_TEXT)
      .optional()
      .describe(
        'API names of the objects to search, separated by commas, such as Account,Project__c. The default is Account, Contact, Lead, Opportunity and Case.',
      ),
  }),
  output: z.object({
    summary: summary('One sentence that says what was found.'),
    records: z.array(found).describe('The records, best matches first.'),
    notShown,
  }),
  // Under a policy, each object that is reached is described once.
  requests: 60,
  example: { term: 'Contoso' },
  paged: true,
  async run({ term, objectTypes }, { salesforce, page: { limit, cursor } }) {
    // Salesforce's search has no pages, so a later page is requested together with all pages before it.
    const from = readOffset(cursor);
    const upTo = Math.min(from + limit, MAX_FOUND);
    const objects = wanted(objectTypes).map(name => ({ name, fields: fieldsOf(name) }));
    const { records: all, leftOut } = await searchVisible(salesforce, {
      term: searchWords(term) ?? '',
      objects: (await salesforce.currencies()).isMulti === true ? objects.map(withCurrency) : objects,
      limit: Math.min(upTo + 1, MAX_FOUND),
    });
    const items = all.slice(from, upTo).map(({ Id: recordId, attributes: { type }, ...fields }) => {
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
    });
    return page({
      items,
      nextCursor: all.length > upTo ? String(upTo) : undefined,
      answer: (records, more) => ({
        summary: summarize(term, records, more),
        records,
        ...(leftOut.length > 0 && { notShown: leftOut }),
      }),
    });
  },
});

/** The usual spelling of a known object's name, which may be given in any case. */
function everydayName(given: string): string {
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

function wanted(objectTypes: string | undefined): string[] {
  if (objectTypes === undefined) return everyday;
  const parsed = z
    .array(objectType)
    .min(1)
    .max(MAX_OBJECTS)
    .safeParse(objectTypes.split(',').filter(name => name.trim()));
  if (parsed.success) return [...new Map(parsed.data.map(name => [name.toLowerCase(), everydayName(name)])).values()];
  const message = `They must be at most ${MAX_OBJECTS} API names separated by commas, such as Account,Project__c; listObjects lists them.`;
  throw invalidInput([{ field: 'objectTypes', message }]);
}

/** `4 records match "Contoso": 2 of Account, 2 of Opportunity.` */
function summarize(term: string, records: readonly { objectType: string }[], more: boolean): string {
  if (records.length === 0) return `Nothing matches ${quoted(term)}.`;
  const counts = new Map<string, number>();
  for (const { objectType: type } of records) counts.set(type, (counts.get(type) ?? 0) + 1);
  const kinds = [...counts].map(([type, count]) => `${count} of ${type}`).join(', ');
  return `${matching(records.length, ['record', 'records'])} ${quoted(term)}: ${kinds}${more ? '; there are more on the next page' : ''}.`;
}
