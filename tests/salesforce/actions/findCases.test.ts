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

test('finds those that nobody has answered, and those that nobody has commented on', async () => {
  const subjects = async (missing: string) => {
    const { status, body } = await salesforce.call('findCases', { query: { missing, openOnly: 'true', limit: '100' } });
    expect([status, body.detail]).toEqual([200, undefined]);
    return list(body.cases).map(({ subject }) => subject);
  };
  const all = list((await salesforce.call('findCases', { query: { openOnly: 'true', limit: '100' } })).body.cases);
  const answered = 'Cannot reset the second factor';
  expect(all.map(({ subject }) => subject)).toContain(answered);
  expect(await subjects('answer')).toEqual(all.map(({ subject }) => subject).filter(each => each !== answered));
  const [one, other] = all.filter(({ subject }) => subject !== answered);
  const comment = (caseId: unknown, audience: string) =>
    salesforce.call('addCaseComment', { json: { caseId, comment: 'We look into it.', audience } });
  await comment(one?.caseId, 'internal');
  await comment(other?.caseId, 'public');
  expect(await subjects('answer')).toContain(one?.subject);
  expect(await subjects('answer, Web Email')).not.toContain(other?.subject);
  expect(await subjects('comment')).not.toContain(one?.subject);
});
