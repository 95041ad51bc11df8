import * as z from 'zod';
import { heading, id, link, summary } from '../../../shared/action/meaning.ts';
import { page } from '../../../shared/action/page.ts';
import { invalidInput } from '../../../shared/failure.ts';
import { quoted } from '../../../shared/text.ts';
import { matching } from '../api/counted.ts';
import { objectType } from '../api/inputs.ts';
import { readOffset } from '../api/listPage.ts';
import { nameFieldOf } from '../api/objectNames.ts';
import { salesforce } from '../system.ts';

/** What is told of a record besides its name, by object. */
const tellingFields: Readonly<Record<string, readonly string[]>> = {
  Account: ['Industry', 'BillingCity', 'BillingCountry'],
  Contact: ['Title', 'Email', 'Phone'],
  Lead: ['Company', 'Email', 'Status'],
  Opportunity: ['StageName', 'Amount', 'CloseDate'],
  Case: ['Subject', 'Status', 'Priority'],
  Task: ['Status', 'ActivityDate'],
  User: ['Title', 'Email'],
};

const everyday = ['Account', 'Contact', 'Lead', 'Opportunity', 'Case'];
const MAX_OBJECTS = 20;
/** Salesforce gives no more than 2,000 in all. */
const MAX_FOUND = 2000;

const found = z.object({
  objectType: z.string().describe('The API name of its object, such as Contact.'),
  recordId: id('The ID of the record.'),
  name: heading('What the record is called.'),
  detail: z.string().optional().describe('What tells it from others, such as title and e-mail address.'),
  url: link('Where to open the record.'),
});

export default salesforce.action({
  name: 'searchRecords',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  title: 'Search all records',
  description:
    'Searches Salesforce accounts, contacts, leads, opportunities and cases at once for words in any of their fields, and returns what was found with names, IDs and links, the best matches first. ' +
    'Use it when the user gives a name or a phrase without saying what kind of record it is. ' +
    'When the kind is known use findAccounts, findContacts, findOpportunities, findCases or findLeads, which take exact filters.',
  input: z.object({
    term: z
      .string()
      .trim()
      .min(2, 'Give at least two letters.')
      .max(200, 'It must have at most 200 characters.')
      .describe('The words to look for; all must occur.'),
    objectTypes: z
      .string()
      .optional()
      .describe(
        'To search other objects: their API names, separated by commas, such as Account,Project__c. Unless given: Account, Contact, Lead, Opportunity, Case.',
      ),
  }),
  output: z.object({
    summary: summary('One sentence that says what was found.'),
    records: z.array(found).describe('The records, the best matches first.'),
  }),
  example: { term: 'Contoso' },
  paged: true,
  async run({ term, objectTypes }, { salesforce, page: { limit, cursor } }) {
    // A search has no pages of its own: the next one is asked for along with all before it.
    const from = readOffset(cursor);
    const upTo = Math.min(from + limit, MAX_FOUND);
    const all = await salesforce.search({
      term,
      objects: wanted(objectTypes).map(name => ({ name, fields: fieldsOf(name) })),
      limit: Math.min(upTo + 1, MAX_FOUND),
    });
    const items = all.slice(from, upTo).map(({ Id: recordId, attributes: { type }, ...fields }) => {
      const [, nameField = 'Name', ...telling] = fieldsOf(type);
      const detail = telling.map(name => fields[name]).filter(value => value !== null && value !== undefined);
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
      answer: (records, more) => ({ summary: summarize(term, records, more), records }),
    });
  },
});

/** Salesforce takes names in any case; what is known here has one. */
function everydayName(given: string): string {
  return Object.keys(tellingFields).find(name => name.toLowerCase() === given.toLowerCase()) ?? given;
}

function fieldsOf(name: string): string[] {
  return ['Id', nameFieldOf(name) ?? 'Name', ...(tellingFields[name] ?? [])];
}

function wanted(objectTypes: string | undefined): string[] {
  if (objectTypes === undefined) return everyday;
  const parsed = z
    .array(objectType)
    .min(1)
    .max(MAX_OBJECTS)
    .safeParse(objectTypes.split(',').filter(name => name.trim()));
  if (parsed.success) return [...new Map(parsed.data.map(name => [name.toLowerCase(), everydayName(name)])).values()];
  const message = `They must be at most ${MAX_OBJECTS} API names separated by commas, such as Account,Project__c; listObjects tells them.`;
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
