import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading } from '../../../shared/schema/meaning.ts';
import { searchText } from '../api/inputs.ts';
import { listPage } from '../api/listPage.ts';
import { salesforce } from '../system.ts';

const object = z.object({
  name: z.string().describe('The API name, which other actions take as objectType.'),
  label: heading('The label of the object.'),
  labelPlural: z.string().optional().describe('The label in the plural.'),
  custom: z.boolean().describe('True for a custom object.'),
  canCreate: z.boolean().describe('True when records of it can be created.'),
  canUpdate: z.boolean().describe('True when its records can be changed.'),
});

const everyday = new Set(['Account', 'Case', 'Contact', 'Event', 'Lead', 'Opportunity', 'Task', 'User']);

/** The most used objects first, because a connector offers only the first page as choices. */
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
    'Lists the Salesforce objects (kinds of records) of this org, custom ones included, with the API names that other actions take as objectType. ' +
    'Use it when the user means a kind of record other than account, contact, lead, opportunity or case. ' +
    'For the fields of one object use describeObject.',
  input: z.object({
    term: searchText.optional().describe('A part of the label or the API name. Leave it out to list all.'),
    customOnly: z.boolean().optional().describe('True to list only custom objects.'),
  }),
  output: z.object({
    objects: z
      .array(object)
      .describe('The objects: the most used ones, then custom ones, then the others, each by label.'),
    count: z.number().describe('The number of objects that match.'),
  }),
  example: { term: 'project' },
  paged: true,
  whole: true,
  async run({ term = '', customOnly = false }, { salesforce, page: request }) {
    const sought = term.toLowerCase();
    const objects = (await salesforce.describeAll())
      // Objects without a layout are histories, shares and feeds, which users do not ask for.
      .filter(entry => entry.queryable && entry.layoutable && !entry.customSetting && !entry.deprecatedAndHidden)
      .filter(entry => !customOnly || entry.custom)
      .filter(({ name, label, labelPlural }) => `${name}\n${label}\n${labelPlural}`.toLowerCase().includes(sought))
      .sort(
        (one, other) =>
          rankOf(one) - rankOf(other) || one.label.localeCompare(other.label) || one.name.localeCompare(other.name),
      );
    const { items, nextCursor, cursorAfter } = listPage(objects, request);
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
      cursorAfter,
      answer: shown => ({ objects: shown, count: objects.length }),
    });
  },
});
