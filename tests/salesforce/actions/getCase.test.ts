import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { list, type SalesforceApp, startSalesforceApp, useSalesforce } from '../harness.ts';
import { orgWith } from '../orgData.ts';

const salesforce = useSalesforce();
const get = async (query: Record<string, string>) => (await salesforce.call('getCase', { query })).body;

test('a case comes with what was said about it, newest first, and who reads it', async () => {
  const found = await get({ caseId: '12345' });
  expect(found.summary).toMatch(
    /^Case 00012345 of Fabrikam, Inc\. is Working, priority Medium: 3 comments and 3 e-mails\./,
  );
  expect(list(found.comments).map(({ audience, author }) => [audience, author])).toEqual([
    ['public', 'Priya Nair'],
    ['internal', 'Priya Nair'],
    ['public', 'Priya Nair'],
  ]);
  expect(list(found.emails)).toMatchObject([
    {
      direction: 'incoming',
      from: 'Frank Miller <frank.miller@fabrikam.example>',
      text: expect.stringMatching(/^Thank you[^>]*shipped\?\n\nFrank$/),
      quoteLeftOut: true,
      hasFiles: true,
    },
    // It has no plain text.
    { direction: 'outgoing', text: expect.stringMatching(/cleared the old phones\*\*.*1\. Sign in\..*Priya$/s) },
    { direction: 'incoming', text: expect.stringContaining('replacement token') },
  ]);
  expect(found).toMatchObject({
    contactEmail: 'frank.miller@fabrikam.example',
    accountOwner: 'Jonas Weber',
    owner: 'Priya Nair',
  });
});

test('the files of an e-mail can be read by what is told of them, and subjects have no tokens', async () => {
  const { emails } = await get({ caseId: '12345' });
  const [{ emailId, subject, files } = {}] = list(emails);
  expect(subject).toBe('RE: Cannot reset the second factor');
  expect(list(files).map(({ name }) => name)).toEqual(['Gate terminal.txt', 'terminal.log']);
  const texts = await Promise.all(
    list(files).map(async ({ fileId }) => {
      const query = { recordId: String(emailId), fileId: String(fileId) };
      return (await salesforce.call('getRecordFile', { query })).body.text;
    }),
  );
  expect(texts).toEqual([expect.stringContaining('PO 88120'), expect.stringContaining('token not accepted')]);
  expect(list(emails)[1]).not.toHaveProperty('files');
});

test('tells what support the customer has a right to, and by when', async () => {
  const found = await get({ caseId: '00012345' });
  expect(list(found.entitlements)).toMatchObject([
    { type: 'Premium Support', isActive: true, ofCase: true },
    { type: 'Web Support', isActive: false, status: 'Expired' },
  ]);
  const [next, first] = list(found.milestones);
  expect(next).toMatchObject({ name: 'Resolution', state: 'running', timeLeft: expect.stringMatching(/^\dd/) });
  expect(first).toMatchObject({ name: 'First Response', state: 'met' });
  expect(found.summary).toContain(`Next milestone: Resolution, due ${next?.dueAt} (${next?.timeLeft} left).`);
  const late = await get({ caseId: '1001' });
  expect(list(late.milestones)).toMatchObject([{ state: 'running', overdueBy: expect.stringMatching(/^(1d|\d+h)/) }]);
  expect(late.summary).toContain('overdue by ');
  expect(list(late.entitlements)).toEqual([expect.not.objectContaining({ ofCase: true })]);
});

test('takes two requests by its ID, and one more by its number', async () => {
  await get({ caseId: '1002' });
  salesforce.costs();
  await get({ caseId: recordId('500', 2) });
  expect(salesforce.costs()).toEqual(['POST /composite', 'POST /composite']);
  await get({ caseId: '1002' });
  expect(salesforce.costs()).toEqual(['GET /query', 'POST /composite', 'POST /composite']);
});

test('what is older than the latest twenty is told, and can be had', async () => {
  const caseId = '00001003';
  for (let count = 1; count <= 23; count += 1) {
    const json = { caseId, comment: `Comment ${count}`, audience: 'internal' };
    expect((await salesforce.call('addCaseComment', { json })).status).toBe(200);
  }
  // A minute lies between them.
  const written = salesforce.sandbox
    .records('CaseComment')
    .filter(({ CommentBody }) => /^Comment \d/.test(`${CommentBody}`));
  for (const [at, each] of written.entries()) each.CreatedDate = `2026-11-02T10:${10 + at}:00.000+0000`;
  const found = await get({ caseId });
  const comments = list(found.comments);
  expect(comments.length).toBe(20);
  const writtenBefore = String(comments.at(-1)?.writtenAt);
  expect(found.leftOut).toEqual([`Comments from before ${writtenBefore}: call again with that as writtenBefore.`]);
  const seen = new Set(comments.map(({ text }) => text));
  for (let before: string | undefined = writtenBefore; before; ) {
    const older = await get({ caseId, writtenBefore: before });
    for (const { text } of list(older.comments)) seen.add(text);
    before = older.leftOut ? String(list(older.comments).at(-1)?.writtenAt) : undefined;
  }
  expect(seen.size).toBe(23);
});

describe('of no case', () => {
  test.each(['00099999', recordId('500', 4000)])('it says so: %s', async caseId => {
    expect(await get({ caseId })).toMatchObject({ code: 'not_found', detail: expect.stringContaining('findCases') });
  });
});

describe('what cannot be seen', () => {
  let other: SalesforceApp;
  const asAgent = async (key: string, query: Record<string, string>) =>
    (await other.call('getCase', { query, headers: { 'x-functions-key': key } })).body;

  beforeAll(async () => {
    const data = await orgWith(({ objects, records }) => {
      const supportCase = objects.Case;
      if (!supportCase) throw new Error('There are no cases.');
      supportCase.fields = supportCase.fields
        .filter(({ name }) => !['EntitlementId', 'IsStopped'].includes(name))
        .concat({ name: 'Site__c', label: 'Site', type: 'string' });
      for (const record of records.Case ?? []) delete record.EntitlementId;
      Object.assign(records.Case?.at(-1) ?? {}, { Site__c: 'Gate 7' });
    });
    const systems = { salesforce: { objects: ['Case', 'CaseComment'], hiddenFields: { Case: ['Description'] } } };
    const hash = createHash('sha256').update('restricted').digest('hex');
    const POLICY = JSON.stringify({ keys: { [hash]: { systems } }, default: {} });
    other = await startSalesforceApp({ sandbox: { data }, app: { env: { POLICY } } });
  });
  afterAll(() => other.stop());

  test('what the org does not have is told, and the rest is answered', async () => {
    const sobjects = ['Case', 'CaseComment', 'EmailMessage'].map(name => ({ name, label: name }));
    other.sandbox.fail({ path: '/sobjects$', status: 200, body: JSON.stringify({ sobjects }) });
    const found = await asAgent('open', { caseId: '12345' });
    expect(found).toMatchObject({ notShown: expect.arrayContaining(['milestones', 'files', 'entitlements']) });
    expect(found.otherFields).toEqual([{ label: 'Site', value: 'Gate 7' }]);
    expect(list(found.emails)).toHaveLength(3);
    expect(found).not.toHaveProperty('milestones');
  });

  test('nothing is told of what a policy closes', async () => {
    const found = await asAgent('restricted', { caseId: '12345' });
    expect(list(found.comments)).toHaveLength(3);
    expect(found).toMatchObject({ notShown: expect.arrayContaining(['emails', 'files']) });
    expect(JSON.stringify(found)).not.toMatch(/night shift|Fabrikam|Frank|Jonas/);
  });
});
