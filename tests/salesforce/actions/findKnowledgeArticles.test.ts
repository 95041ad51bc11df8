import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { list, useSalesforce } from '../harness.ts';

const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const POLICY = JSON.stringify({
  keys: {
    [hash('cases')]: { systems: { salesforce: { objects: ['Case'] } } },
    [hash('titles')]: { systems: { salesforce: { hiddenFields: { Knowledge__kav: ['Answer__c', 'Summary'] } } } },
    [hash('no-state')]: { systems: { salesforce: { hiddenFields: { Knowledge__kav: ['PublishStatus'] } } } },
  },
  default: {},
});
const salesforce = useSalesforce({ app: { env: { POLICY } } });
const find = async (query: Record<string, string>, key = 'open') =>
  (await salesforce.call('findKnowledgeArticles', { query, headers: { 'x-functions-key': key } })).body;
const titles = (body: Record<string, unknown>) => list(body.articles).map(({ title }) => title);

test('published articles come with their steps, and drafts and other languages do not', async () => {
  const body = await find({ term: 'reset MFA' });
  expect(titles(body)).toEqual(['Reset MFA for a user', 'MFA codes do not arrive']);
  expect(list(body.articles)[0]).toMatchObject({
    articleNumber: '000001001',
    text: expect.stringContaining('1. Open **Setup**, then **Users**.\n2. Choose the user'),
  });
  expect(list(body.articles)[1]?.text).toMatch(
    /^## Answer\n\nCheck the clock.*\n\n## Applies To\n\nMaintenance portal$/s,
  );
  expect(body).toMatchObject({ summary: expect.stringContaining('in en_US'), otherLanguages: ['de'] });
  expect(JSON.stringify(body)).not.toContain('Do not use yet');
});

test.each(['de', 'German', 'DE'])('articles of another language are found by %s', async language => {
  expect(titles(await find({ term: 'reset MFA', language }))).toEqual(['MFA für eine Person zurücksetzen']);
});

test('a language of no article is told with those that there are', async () => {
  const body = await find({ term: 'reset MFA', language: 'Klingon' });
  expect(body).toMatchObject({ code: 'invalid_input', detail: expect.stringContaining('en_US, de') });
});

test('what is found nowhere is said so, with what to try', async () => {
  expect((await find({ term: 'quantum' })).summary).toMatch(/^No published article in en_US .*fewer or other words/);
});

test('a question finds what has the words that matter of it, and says so', async () => {
  const body = await find({ term: 'How do I reset the MFA of a user?' });
  expect(titles(body)).toContain('Reset MFA for a user');
  expect(body.summary).toMatch(/^No published article in en_US has all words of .*"reset", "MFA", "user"/);
  expect((await find({ term: 'reset MFA' })).summary).not.toContain('No published');
});

test('where no article has them together, those that have any of them come, page by page', async () => {
  const term = 'Why does MFA fail with quantum phones?';
  const first = await find({ term, limit: '1' });
  expect(first.summary).toContain('any of the words "MFA", "fail", "quantum", "phones"');
  const rest = await find({ term, limit: '1', pageToken: first.nextPageToken });
  expect(new Set([...titles(first), ...titles(rest)])).toEqual(
    new Set(['Reset MFA for a user', 'MFA codes do not arrive']),
  );
});

test('goes on where it stopped', async () => {
  const first = await find({ term: 'reset MFA', limit: '1' });
  const rest = await find({ term: 'reset MFA', limit: '1', pageToken: first.nextPageToken });
  expect([titles(first), titles(rest)]).toEqual([['Reset MFA for a user'], ['MFA codes do not arrive']]);
  expect(rest).not.toHaveProperty('nextPageToken');
});

test('takes two requests and that for the languages', async () => {
  await find({ term: 'reset MFA' });
  salesforce.costs();
  await find({ term: 'reset MFA' });
  expect(salesforce.costs().sort()).toEqual([
    'GET /knowledgeManagement/settings',
    'GET /query',
    'POST /parameterizedSearch',
  ]);
});

test('an org without Knowledge is told, and so is a policy that closes it', async () => {
  expect(await find({ term: 'reset MFA' }, 'cases')).toMatchObject({ code: 'not_found' });
});

test('nothing is found by what a policy hides, nor shown', async () => {
  expect(titles(await find({ term: 'reset MFA' }, 'titles'))).toEqual(['Reset MFA for a user']);
  const text = JSON.stringify(await find({ term: 'MFA' }, 'titles'));
  expect(text).not.toMatch(/Setup|lost or replaced|clock/);
  expect(titles(await find({ term: 'phone' }, 'titles'))).toEqual([]);
  // Which articles are published may not be told.
  expect(await find({ term: 'MFA' }, 'no-state')).toMatchObject({ code: 'forbidden' });
});
