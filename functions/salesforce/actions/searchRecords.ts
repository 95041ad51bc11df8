import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { invalidInput } from '../../../shared/failure.ts';
import { summary } from '../../../shared/schema/meaning.ts';
import { LIST_TEXT } from '../../../shared/schema/textLimit.ts';
import { quoted } from '../../../shared/text.ts';
import { matching } from '../api/counted.ts';
import { everyday, everydayName, foundRecord, foundRecords, searchTerm } from '../api/foundRecords.ts';
import { objectType } from '../api/inputs.ts';
import { readOffset } from '../api/listPage.ts';
import { notShown } from '../api/notShown.ts';
import { recordTypeHint } from '../api/recordTypes.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

const MAX_OBJECTS = 20;
/** The most that Salesforce returns. */
const MAX_FOUND = 2000;

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
    term: searchTerm,
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
    records: z.array(foundRecord).describe('The records, best matches first.'),
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
    const { records: all, leftOut } = await foundRecords(salesforce, {
      term,
      objectTypes: wanted(objectTypes),
      limit: Math.min(upTo + 1, MAX_FOUND),
    });
    const isNone = all.length === 0 && from === 0 && wanted(objectTypes).includes('Opportunity');
    // The word may tell of what kind a deal is.
    const hint = isNone ? recordTypeHint(await salesforce.describe('Opportunity'), term) : undefined;
    return page({
      items: all.slice(from, upTo),
      nextCursor: all.length > upTo ? String(upTo) : undefined,
      answer: (records, more) => ({
        summary: [summarize(term, records, more), hint && `${hint} findOpportunities does that.`]
          .filter(Boolean)
          .join(' '),
        records,
        ...(leftOut.length > 0 && { notShown: leftOut }),
      }),
    });
  },
});

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
