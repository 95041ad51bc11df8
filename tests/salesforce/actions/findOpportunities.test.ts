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
  [{ owner: 'Jonas', amountOver: '1m USD' }, ['Fabrikam – robot arms']],
  [{ amountOver: '50k', amountUnder: '73,000.01' }, ['田中 – tooling', 'Contoso Europe – Berlin line']],
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
    `The first 2 opportunities that match (these 2 alone: worth ${worth.toLocaleString('en-US')} USD); there are more on the next page.`,
  );
});

test('openOnly=false is no condition, and is not asked for', async () => {
  const { status, body } = await salesforce.call('findOpportunities', { query: { openOnly: 'false' } });
  expect(status).toBe(400);
  expect(body.detail).toContain(' openOnly=true,');
});

test('what is open, what is won and what is lost are never added to one another', async () => {
  const { body } = await salesforce.call('findOpportunities', { query: { account: 'Contoso', limit: '100' } });
  const sumOf = (is: (deal: Record<string, unknown>) => boolean) =>
    list(body.opportunities)
      .filter(is)
      .reduce((sum, { amount }) => sum + Number(amount ?? 0), 0)
      .toLocaleString('en-US');
  const open = sumOf(({ isClosed }) => isClosed === false);
  const won = sumOf(({ isWon }) => isWon === true);
  const lost = sumOf(({ isClosed, isWon }) => isClosed === true && isWon === false);
  expect(body.summary).toMatch(
    new RegExp(`^\\d+ opportunities match, open worth ${open} USD, won worth ${won} USD, lost worth ${lost} USD\\.$`),
  );
});

test('closingSince has its day in it, and closingBefore has not', async () => {
  const { body } = await salesforce.call('findOpportunities', { query: { account: 'Contoso', openOnly: 'true' } });
  const [deal] = list(body.opportunities);
  const day = String(deal?.closeDate);
  const found = async (query: Record<string, string>) =>
    list((await salesforce.call('findOpportunities', { query })).body.opportunities).map(({ name }) => name);
  expect(await found({ closingSince: day, name: String(deal?.name) })).toEqual([deal?.name]);
  expect(await found({ closingBefore: day, name: String(deal?.name) })).toEqual([]);
});

test('an owner none is refused with the reason, because each has one', async () => {
  const { status, body } = await salesforce.call('findOpportunities', { query: { owner: 'none' } });
  expect([status, body.detail]).toEqual([400, expect.stringContaining('owner: It cannot be none')]);
});

test('says that a word is a record type where nothing is called so, and rows tell theirs', async () => {
  const { body } = await salesforce.call('findOpportunities', { query: { name: 'Contoso renewals' } });
  expect([list(body.opportunities), body.summary]).toEqual([
    [],
    expect.stringContaining('"Renewal" is a record type: find those with where {"Record Type": "Renewal"}'),
  ]);
  const { body: found } = await salesforce.call('findOpportunities', {
    query: { account: 'Contoso', where: '{"Record Type":"Renewal"}' },
  });
  expect(list(found.opportunities).map(({ name, recordType }) => [name, recordType])).toContainEqual([
    'Contoso – licences 2027',
    'Renewal',
  ]);
});

test('finds deals without an activity for a time, whatever was edited', async () => {
  const names = async (query: Record<string, string>) =>
    list(
      (await salesforce.call('findOpportunities', { query: { openOnly: 'true', limit: '100', ...query } })).body
        .opportunities,
    ).map(({ name }) => name);
  const [all, idle] = [await names({}), await names({ noActivityFor: '7d' })];
  // A call three days ago, and none at all.
  expect([all.includes('Contoso – plant rollout'), idle.includes('Contoso – plant rollout')]).toEqual([true, false]);
  expect(idle).toContain('Contoso – training');
});
