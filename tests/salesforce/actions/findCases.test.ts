import { expect, test } from 'vitest';
import { addDays, dayAt } from '../../../shared/time/timeZone.ts';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();

/** A moment, so that no zone is asked for. */
const yesterday = `${addDays(dayAt(new Date(), 'Europe/Berlin'), -1)}T00:00:00Z`;

test.each<[Record<string, string>, string[]]>([
  [{ caseNumber: '1001' }, ['Press stops after ten minutes']],
  [{ caseNumber: '00001001' }, ['Press stops after ten minutes']],
  [{ status: 'Escalated', account: 'Fabrikam' }, ['Emergency stop test failed']],
  [{ email: 'kate', openOnly: 'true' }, ['Tablet battery swells']],
  [
    { owner: 'priya.nair@example.com', createdSince: yesterday, priority: 'High' },
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
