import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();
const comment = (json: Record<string, unknown>) => salesforce.call('addCaseComment', { json });
const comments = () => salesforce.sandbox.records('CaseComment');

test.each(['public', 'internal'] as const)(
  'a comment is %s as it was asked for, and that is read back',
  async audience => {
    const { status, body } = await comment({ caseId: '1001', comment: `Shipped, ${audience}.`, audience });
    expect(status).toBe(200);
    expect(body).toMatchObject({ caseNumber: '00001001', subject: 'Press stops after ten minutes', audience });
    expect(comments().find(({ Id }) => Id === body.commentId)).toMatchObject({
      ParentId: recordId('500', 1),
      CommentBody: `Shipped, ${audience}.`,
      IsPublished: audience === 'public',
    });
    expect(salesforce.costs()).toEqual(['GET /query', 'POST /sobjects/CaseComment', 'GET /query']);
  },
);

test('who reads a comment is never guessed', async () => {
  const before = comments().length;
  const { status, body } = await comment({ caseId: '1001', comment: 'Shipped.' });
  expect(status).toBe(400);
  expect(body.detail).toMatch(/audience: .*public is read by the customer, internal only by colleagues/);
  expect((await comment({ caseId: '1001', comment: 'Shipped.', audience: 'team' })).status).toBe(400);
  expect(comments()).toHaveLength(before);
  expect(salesforce.costs()).toEqual([]);
});

test('what Salesforce makes of it otherwise is told', async () => {
  const read = (records: object[]) => ({ status: 200, body: JSON.stringify({ totalSize: 1, done: true, records }) });
  const found = read([{ Id: recordId('500', 1), CaseNumber: '00001001' }]);
  salesforce.sandbox.fail({ path: '/query$', ...found });
  salesforce.sandbox.fail({ path: '/query$', ...read([{ Id: recordId('00a', 1), IsPublished: true }]) });
  const { body } = await comment({ caseId: '00001001', comment: 'A note to us.', audience: 'internal' });
  expect(body).toMatchObject({ audience: 'public' });
  expect(body.note).toContain('made the comment public, not internal: the customer can read it');
  salesforce.sandbox.fail({ path: '/query$', ...found });
  salesforce.sandbox.fail({ path: '/query$', ...read([]) });
  const unread = await comment({ caseId: '00001001', comment: 'Another note to us.', audience: 'internal' });
  expect(unread.body).not.toHaveProperty('audience');
  expect(unread.body.note).toContain('did not confirm who reads it');
});

test.each([
  ['#00001001', 1],
  ['Case 1002', 2],
  [recordId('500', 2), 2],
  [recordId('500', 2).slice(0, 15), 2],
])('a case is named as people name it: %s', async (caseId, nth) => {
  const { body } = await comment({ caseId, comment: `Named by ${caseId}`, audience: 'internal' });
  expect(body.caseId).toBe(recordId('500', nth));
});

test.each([
  ['00009999', 404],
  [recordId('500', 999), 404],
  ["1001' OR Id != '", 400],
])('of no case there is no comment: %s', async (caseId, expected) => {
  const { status, body } = await comment({ caseId, comment: 'x', audience: 'public' });
  expect(status).toBe(expected);
  if (expected === 404) expect(body.detail).toContain('findCases');
  expect(salesforce.costs()).not.toContain('POST /sobjects/CaseComment');
});
