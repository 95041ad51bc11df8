import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { useSalesforce } from '../harness.ts';

const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const POLICY = JSON.stringify({
  keys: { [hash('no-feed')]: { systems: { salesforce: { objects: ['Case'] } } } },
  default: {},
});
const salesforce = useSalesforce({ app: { env: { POLICY } } });
const post = (json: Record<string, unknown>, key = 'open') =>
  salesforce.call('postToFeed', {
    json: { recordId: recordId('500', 1), ...json },
    headers: { 'x-functions-key': key },
  });
const posts = () => salesforce.sandbox.records('FeedItem');

test('a colleague is mentioned, and no customer reads it', async () => {
  const { status, body } = await post({
    comment: 'Escalated: please call them.',
    mention: 'li.wei@example.com, Priya',
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ mentioned: ['Li Wei', 'Priya Nair'] });
  expect(body).not.toHaveProperty('note');
  expect(posts().find(({ Id }) => Id === body.postId)).toMatchObject({
    ParentId: recordId('500', 1),
    Body: '@Li Wei @Priya Nair Escalated: please call them.',
    Visibility: 'InternalUsers',
  });
});

test('a post needs no mention, and may be on any record', async () => {
  const { body } = await post({ recordId: recordId('001', 1), comment: 'Renewal is due.' });
  expect(body).toMatchObject({ mentioned: [], url: expect.stringContaining('/Account/') });
});

test.each(['12345', '#00012345', 'case 00012345'])('a case is told by its number: %s', async number => {
  const { body } = await post({ recordId: number, comment: 'They called.' });
  const supportCase = salesforce.sandbox.records('Case').find(({ CaseNumber }) => CaseNumber === '00012345');
  expect(body).toMatchObject({ recordId: supportCase?.Id, url: expect.stringContaining('/Case/') });
});

test.each([
  ['99999', 404, /no case "99999".*findCases/],
  ['Contos', 404, /called exactly "Contos".*searchRecords/],
])('what is no record says how to find one: %s', async (recordId, status, detail) => {
  const answer = await post({ recordId, comment: 'x' });
  expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(detail)]);
});

test.each([
  ['Nobody', 'There is no user "Nobody"'],
  ['Tom Becker', 'Tom Becker is inactive'],
  ['me', 'mention: '],
])('who cannot be mentioned is told, and nothing is posted: %s', async (mention, detail) => {
  const before = posts().length;
  const { status, body } = await post({ comment: 'x', mention });
  expect(status).toBe(400);
  expect(body.detail).toContain(detail);
  expect(posts()).toHaveLength(before);
});

test('a policy that closes feeds closes posts', async () => {
  expect((await post({ comment: 'x' }, 'no-feed')).body).toMatchObject({ code: 'forbidden' });
});
