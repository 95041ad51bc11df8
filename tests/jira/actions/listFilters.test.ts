import { describe, expect, it } from 'vitest';
import { agreesWithOpenApi } from '../agreesWithOpenApi.ts';
import { useJiraApp } from '../harness.ts';

const app = useJiraApp();

describe('listFilters', () => {
  it('lists saved filters by name in one request, with what each finds', async () => {
    const { body } = await app.read('listFilters', { term: 'CHECKOUT' });
    expect(body.filters).toEqual([
      {
        filterId: '10700',
        name: 'Checkout bugs',
        description: 'Bugs of the checkout that are not done, the most urgent first.',
        owner: 'Ana Ruiz',
        jql: 'project = ATLAS AND issuetype = Bug AND statusCategory != Done ORDER BY priority DESC, key ASC',
        url: `${app.jira.url}/issues/?filter=10700`,
      },
    ]);
    expect(app.costs()).toEqual(['GET filter/search']);
    expect((await app.read('listFilters', { term: 'no such' })).body.filters).toEqual([]);
  });

  it('goes on page by page without losing or repeating one', async () => {
    const all = await app.readAll('listFilters', 'filters', {});
    expect(all.map(({ name }) => name)).toEqual([
      'Alerts to mend',
      'Checkout bugs',
      'My open work',
      'Release watch',
      'Release watch',
    ]);
    expect(await app.readAll('listFilters', 'filters', { limit: '2' })).toEqual(all);
  });
});

agreesWithOpenApi(() => app.jira);
