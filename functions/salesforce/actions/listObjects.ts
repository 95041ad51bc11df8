import * as z from 'zod';
import { heading } from '../../../shared/action/meaning.ts';
import { page } from '../../../shared/action/page.ts';
import { searchText } from '../api/inputs.ts';
import { listPage } from '../api/listPage.ts';
import { salesforce } from '../system.ts';

const object = z.object({
  name: z.string().describe('The API name, which other actions take as objectType.'),
  label: heading('What one of its records is called.'),
  labelPlural: z.string().optional().describe('What several are called.'),
  custom: z.boolean().describe('True when the org has made it itself.'),
  canCreate: z.boolean().describe('True when records of it can be created.'),
  canUpdate: z.boolean().describe('True when its records can be changed.'),
});

const everyday = new Set(['Account', 'Case', 'Contact', 'Event', 'Lead', 'Opportunity', 'Task', 'User']);

/** What people ask for first: a connector offers only the first page to choose from. */
function rankOf({ name, custom }: { name: string; custom: boolean }): number {
  if (everyday.has(name)) return 0;
  return custom ? 1 : 2;
}

export default salesforce.action({
  name: 'listObjects',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  title: 'List object types',
  description:
    'Lists the Salesforce objects (kinds of records) that there are in this org, custom ones included, with the API names that other actions take as objectType. ' +
    'Use it when the user speaks of a kind of record that is not an account, contact, lead, opportunity or case. ' +
    'For the fields of one object use describeObject.',
  input: z.object({
    term: searchText.optional().describe('A part of the label or the API name. Leave it out to list all.'),
    customOnly: z.boolean().optional().describe('True to list only the objects that the org has made itself.'),
  }),
  output: z.object({
    objects: z
      .array(object)
      .describe(
        'The objects: the everyday ones, then those that the org has made itself, then the others, each by label.',
      ),
    count: z.number().describe('How many objects there are in all that fit.'),
  }),
  example: { term: 'project' },
  paged: true,
  async run({ term = '', customOnly = false }, { salesforce, page: request }) {
    const sought = term.toLowerCase();
    const objects = (await salesforce.describeAll())
      // Histories, shares and feeds have no layout: nobody means those.
      .filter(entry => entry.queryable && entry.layoutable && !entry.customSetting && !entry.deprecatedAndHidden)
      .filter(entry => !customOnly || entry.custom)
      .filter(({ name, label, labelPlural }) => `${name}\n${label}\n${labelPlural}`.toLowerCase().includes(sought))
      .sort(
        (one, other) =>
          rankOf(one) - rankOf(other) || one.label.localeCompare(other.label) || one.name.localeCompare(other.name),
      );
    const { items, nextCursor } = listPage(objects, request);
    return page({
      items: items.map(({ name, label, labelPlural, custom, createable, updateable }) => ({
        name,
        label,
        ...(labelPlural && { labelPlural }),
        custom,
        canCreate: createable,
        canUpdate: updateable,
      })),
      nextCursor,
      answer: shown => ({ objects: shown, count: objects.length }),
    });
  },
});
