import { expect, test } from 'vitest';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();

test('finds open ones that close soon and are worth much, with what they are worth together', async () => {
  const before = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const query = { account: 'Contoso', openOnly: 'true', closingBefore: before, amountOver: '1000.5' };
  const { body } = await salesforce.call('findOpportunities', { query });
  expect(body.summary).toBe('1 opportunity matches, worth 240,000 USD.');
  expect(list(body.opportunities)).toEqual([
    expect.objectContaining({ name: 'Contoso – plant rollout', stage: 'Negotiation/Review', isClosed: false }),
  ]);
  expect(salesforce.costs()).toEqual(['GET /query']);
});

test.each<[Record<string, string>, string[]]>([
  [{ stage: 'Closed Lost', account: 'Contoso' }, ['Contoso – spare parts']],
  [{ name: '– lathes' }, ['田中 – lathes']],
  [{ owner: 'Jonas', amountOver: '1000000' }, ['Fabrikam – robot arms']],
])('finds by %o', async (query, expected) => {
  const { body } = await salesforce.call('findOpportunities', { query });
  expect(list(body.opportunities).map(({ name }) => name)).toEqual(expected);
});

test.each(['2026-02-30', 'soon', "2026-01-01' OR"])(
  'a date such as %s is refused before anything is sent',
  async date => {
    const { status, body } = await salesforce.call('findOpportunities', { query: { closingBefore: date } });
    expect(status).toBe(400);
    expect(body.detail).toContain('closingBefore: It must be a day such as 2026-11-30');
    expect(salesforce.asked()).toEqual([]);
  },
);

test('of a page of many, it tells what that page is worth', async () => {
  const { body } = await salesforce.call('findOpportunities', { query: { openOnly: 'true', limit: '2' } });
  const worth = list(body.opportunities).reduce((sum, { amount }) => sum + Number(amount), 0);
  expect(body.summary).toBe(
    `The first 2 opportunities that match, worth ${worth.toLocaleString('en-US')} USD; there are more on the next page.`,
  );
});

test('openOnly=false is no condition, and is not asked for', async () => {
  const { status, body } = await salesforce.call('findOpportunities', { query: { openOnly: 'false' } });
  expect(status).toBe(400);
  expect(body.detail).toContain(' openOnly=true,');
});
