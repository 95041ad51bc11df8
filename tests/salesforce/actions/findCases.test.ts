import { expect, test } from 'vitest';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();

test.each<[Record<string, string>, string[]]>([
  [{ caseNumber: '1001' }, ['Press stops after ten minutes']],
  [{ caseNumber: '00001001' }, ['Press stops after ten minutes']],
  [{ status: 'Escalated', account: 'Fabrikam' }, ['Emergency stop test failed']],
  [{ email: 'kate', openOnly: 'true' }, ['Tablet battery swells']],
  [
    { owner: 'priya.nair@example.com', createdSince: '36h', priority: 'High' },
    ['Till won\'t print the "½ price" label', 'Emergency stop test failed'],
  ],
])('finds by %o, the latest first, in one request', async (query, expected) => {
  const { status, body } = await salesforce.call('findCases', { query });
  expect(status).toBe(200);
  const subjects = list(body.cases).map(({ subject }) => subject);
  expect(subjects).toEqual(expect.arrayContaining(expected));
  expect(subjects).toHaveLength(expected.length);
  expect(salesforce.costs()).toEqual(['GET /query']);
});
