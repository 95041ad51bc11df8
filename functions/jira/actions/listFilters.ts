import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading, id, link } from '../../../shared/schema/meaning.ts';
import { shortText } from '../api/inputs.ts';
import { offsetOf } from '../api/offset.ts';
import { reads } from '../needs.ts';
import { jira } from '../system.ts';

const savedFilter = z.object({
  filterId: id('The ID of the filter, by which searchIssues takes it where several have its name.'),
  name: heading('The name of the filter.'),
  description: z.string().optional().describe('What it is for.'),
  owner: z.string().optional().describe('Whose filter it is.'),
  jql: z.string().optional().describe('What it finds, in JQL.'),
  url: link('The address of its issues in the browser.'),
});

export default jira.action({
  name: 'listFilters',
  toolset: 'jira',
  access: 'read',
  needs: reads(),
  title: 'List saved filters',
  description:
    'Lists the saved filters of Jira that this service can see, by name, with what each finds. ' +
    'Use it when the user speaks of a saved filter; searchIssues takes its name as filter.',
  input: z.object({ term: shortText.optional().describe('A part of the name. All filters unless given.') }),
  output: z.object({ filters: z.array(savedFilter).describe('The filters, by name.') }),
  example: { term: 'Checkout' },
  paged: true,
  async run({ term }, { jira, page: { limit, cursor } }) {
    const startAt = offsetOf(cursor);
    const { filters, isLast, read } = await jira.listFilters({ term, startAt, limit });
    return page({
      items: filters.map(({ id: filterId, name, description, owner, jql }) => ({
        filterId,
        name,
        description,
        owner,
        jql: jql || undefined,
        url: jira.filterUrl(filterId),
      })),
      nextCursor: isLast || read === 0 ? undefined : String(startAt + read),
      answer: shown => ({ filters: shown }),
    });
  },
});
