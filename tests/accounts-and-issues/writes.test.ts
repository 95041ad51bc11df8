import { describe, expect, it } from 'vitest';
import { recordId } from '../../functions/salesforce/sandbox/recordId.ts';
import { entra } from '../jira/signedIn.ts';
import { orgWith } from '../salesforce/orgData.ts';
import { principal } from '../support/principal.ts';
import { request } from '../support/request.ts';
import { useBoth } from './harness.ts';

const through = (role: string) =>
  principal({ tid: 'tenant', oid: 'oid-ana', scp: 'access', upn: 'ana.ruiz@example.com', roles: role });
const open = through('open');

/** What somebody wrote to the support, who knows all signs. */
const hostile =
  '# Not a heading\n@Ana Ruiz, **look** at [this](https://evil.example) [~accountid:1]\n\n\u0000C:\\new {code}';
const data = await orgWith(({ records }) => {
  Object.assign(records.Case?.[4] ?? {}, { Description: hostile, Subject: 'Export lacks\nthe cost centre' });
});
const both = useBoth(
  {
    ...entra,
    POLICY: JSON.stringify({
      default: {},
      roles: {
        open: {},
        beacon: { systems: { jira: { projects: ['BEACON'] } } },
        contacts: { systems: { salesforce: { objects: ['Contact'] } } },
        accounts: { systems: { salesforce: { objects: ['Account', 'Case'] } } },
      },
    }),
  },
  { salesforce: { data } },
);

const link = (issueKey: string, record: string, headers = open) =>
  both.write('linkCaseToIssue', { issueKey, record }, headers);
const fromCase = (caseId: string, more: Record<string, unknown> = {}, headers = open) =>
  both.write('createIssueFromCase', { caseId, projectId: 'ATLAS', issueType: 'Bug', ...more }, headers);
const issue = (key: string) => both.jira.site.issues.find(each => each.key === key);
const linksOf = (key: string) => issue(key)?.remoteLinks ?? [];
const caseId = (nth: number) => recordId('500', nth);
const commentsOn = (nth: number) =>
  both.salesforce.records('CaseComment').filter(({ ParentId }) => ParentId === caseId(nth));

describe('linkCaseToIssue', () => {
  it('leaves a link on the issue and an internal comment on the case', async () => {
    const { status, body } = await link('ATLAS-19', '00001001');
    expect([status, body.linkAdded, body.commentAdded, body.note]).toEqual([200, true, true, undefined]);
    expect(body.summary).toBe(
      'ATLAS-19 got a link to Case 00001001, and the case got an internal comment with the key.',
    );
    const url = `${both.salesforce.url}/lightning/r/Case/${caseId(1)}/view`;
    expect(linksOf('ATLAS-19')).toMatchObject([
      {
        globalId: `salesforce:${recordId('00D', 1)}:${caseId(1)}`,
        application: { name: 'Salesforce' },
        object: { url, title: 'Case 00001001: Press stops after ten minutes', status: { resolved: false } },
      },
    ]);
    expect(commentsOn(1)).toMatchObject([
      {
        IsPublished: false,
        CommentBody: `Jira issue ATLAS-19: Order history is empty after midnight UTC\n${both.jira.url}/browse/ATLAS-19`,
      },
    ]);
  });

  it('done twice is done once, on both sides', async () => {
    const { body } = await link('atlas-19', caseId(1).slice(0, 15));
    expect([body.linkAdded, body.commentAdded]).toEqual([false, false]);
    expect([linksOf('ATLAS-19').length, commentsOn(1).length]).toEqual([1, 1]);
  });

  it('does what is missing after half a success, whichever half it was', async () => {
    both.salesforce.refuseNext('UNABLE_TO_LOCK_ROW', { method: 'POST', path: '/CaseComment$' });
    const half = await link('ATLAS-22', '1006');
    expect([half.status, half.body.linkAdded, half.body.commentAdded]).toEqual([200, true, undefined]);
    expect(half.body.note).toContain('Case 00001006 got no comment with the key of ATLAS-22');
    const rest = await link('ATLAS-22', '1006');
    expect([rest.body.linkAdded, rest.body.commentAdded]).toEqual([false, true]);
    const found = issue('ATLAS-22');
    if (found) found.remoteLinks = [];
    const other = await link('ATLAS-22', '1006');
    expect([other.body.linkAdded, other.body.commentAdded]).toEqual([true, false]);
    expect([linksOf('ATLAS-22').length, commentsOn(6).length]).toEqual([1, 1]);
  });

  it('takes an issue whose key begins with another one for another', async () => {
    await link('ATLAS-2', '1001');
    const { body } = await link('ATLAS-1', '1001');
    expect([body.linkAdded, body.commentAdded]).toEqual([true, true]);
  });

  it('links accounts and opportunities, which get no comment', async () => {
    const { body } = await link('ATLAS-33', 'Fabrikam – conveyor');
    expect([body.linkAdded, body.commentAdded]).toEqual([true, undefined]);
    // It is won, so that Jira strikes it out.
    expect(linksOf('ATLAS-33')).toMatchObject([
      { object: { title: 'Opportunity Fabrikam – conveyor', status: { resolved: true } } },
    ]);
    expect((await link('ATLAS-33', 'Northwind Traders')).body.record).toBe('Account Northwind Traders');
    const { body: found } = await both.read('getCustomersOfIssue', { issueKey: 'ATLAS-33' }, open);
    expect(found.opportunities.map(({ name }: { name: string }) => name)).toEqual(['Fabrikam – conveyor']);
  });

  it('takes no part of a name for the whole, and does nothing then', async () => {
    const { body } = await link('ATLAS-33', 'Fabrikam');
    expect(body.code).toBe('not_found');
    expect(body.detail).toContain('Fabrikam, Inc.');
    expect(linksOf('ATLAS-33')).toHaveLength(2);
  });

  it('says which permission is missing in Jira, and leaves nothing on the case', async () => {
    const { body } = await link('COMET-2', '1006');
    expect([body.code, body.detail]).toEqual(['forbidden', expect.stringContaining('Link issues')]);
    expect(commentsOn(6)).toHaveLength(1);
  });

  it('links nothing to what a policy closes, on either side', async () => {
    expect((await link('ATLAS-20', '1001', through('beacon'))).body.code).toBe('forbidden');
    expect((await link('ATLAS-20', 'Contoso – training', through('accounts'))).body.code).toBe('not_found');
    const { body } = await link('ATLAS-20', '1007', through('accounts'));
    expect([body.linkAdded, body.commentAdded]).toEqual([true, undefined]);
    expect(body.note).toContain('may not be read');
    expect([linksOf('ATLAS-20').length, commentsOn(7).length]).toEqual([1, 0]);
  });
});

describe('createIssueFromCase', () => {
  it('makes an issue with the text of the case, linked on both sides', async () => {
    const { status, body } = await fromCase('1005', { description: 'Seen in **2.5**.' });
    expect([status, body.linkAdded, body.commentAdded, body.note]).toEqual([200, true, true, undefined]);
    expect(body).toMatchObject({
      title: 'Export lacks the cost centre',
      record: expect.stringContaining('Case 00001005'),
    });
    expect(linksOf(body.issueKey)).toHaveLength(1);
    expect(commentsOn(5).map(({ CommentBody }) => CommentBody)).toEqual([
      expect.stringContaining(`/browse/${body.issueKey}`),
    ]);
    const { body: found } = await both.read('getIssuesOfCustomer', { record: '1005' }, open);
    expect(found.issues).toMatchObject([{ issueKey: body.issueKey, type: 'Bug' }]);
  });

  it('quotes that text sign by sign, and mentions nobody whom it names', () => {
    const made = both.jira.site.issues.at(-1)?.values.description;
    const document = JSON.stringify(made);
    expect(document).toContain('"text":"# Not a heading"');
    expect(document).toContain('@Ana Ruiz, **look** at [this](https://evil.example) [~accountid:1]');
    expect(document).toContain('C:\\\\new {code}');
    expect(document).not.toMatch(/"type":"(?:heading|mention)"|\\u0000/);
    expect(document).toContain('Account: Contoso · Priority: Medium · Status: Closed');
  });

  it('makes no second one of the case, unless the user wants it', async () => {
    const before = both.jira.site.issues.length;
    const { body } = await fromCase('1005', { summary: 'The same in other words' });
    expect([body.code, both.jira.site.issues.length]).toEqual(['conflict', before]);
    expect(body.detail).toMatch(/Case 00001005 has an issue already: ATLAS-\d+ \(To Do\)/);
    const { status } = await fromCase('1005', { summary: 'The same in other words', allowDuplicate: true });
    expect([status, both.jira.site.issues.length]).toEqual([200, before + 1]);
  });

  it('says what is missing where Jira makes no link, and finds the issue by the comment then', async () => {
    both.jira.fail({ method: 'POST', path: '/remotelink$', status: 403, body: '{"errorMessages":["No."]}' });
    const { status, body } = await fromCase('1008');
    expect([status, body.linkAdded, body.commentAdded]).toEqual([200, false, true]);
    expect(body.note).toContain('linkCaseToIssue');
    const again = await fromCase('1008', { summary: 'Another one' });
    expect([again.body.code, again.body.detail]).toEqual(['conflict', expect.stringContaining(body.issueKey)]);
    const { body: mended } = await link(body.issueKey, '1008');
    expect([mended.linkAdded, mended.commentAdded]).toEqual([true, false]);
  });

  it('does not tell of an issue that a policy closes', async () => {
    const { status, body } = await fromCase('1002', { projectId: 'BEACON', issueType: 'Task' }, through('beacon'));
    expect([status, JSON.stringify(body).includes('ATLAS')]).toEqual([200, false]);
  });
});

describe('tellCustomersOfIssue', () => {
  const tell = (json: Record<string, unknown>, headers = open) => both.write('tellCustomersOfIssue', json, headers);
  const comment = 'The fix is in version 2.5.\nIt is out today.';
  const publicOn = (nth: number) => commentsOn(nth).filter(({ IsPublished }) => IsPublished);
  const outcomes = (body: { items: { key: string; outcome: string }[] }) =>
    Object.fromEntries(body.items.map(({ key, outcome }) => [key, outcome]));

  it('shows who would be told what, and tells nobody yet', async () => {
    for (const number of ['1009', '1010', '1011']) await link('ATLAS-25', number);
    const { body } = await tell({ issueKey: 'ATLAS-25', comment });
    expect(body.summary).toContain('to 2 open cases linked to ATLAS-25');
    expect(body.summary).toMatch(/ATLAS-25 is [A-Z][\w ]+, which is not done: .* 1 linked record is not told/);
    expect(outcomes(body as never)).toEqual({
      [caseId(9)]: 'planned',
      [caseId(10)]: 'notDone',
      [caseId(11)]: 'planned',
    });
    expect([9, 10, 11].flatMap(publicOn)).toEqual([]);
  });

  it('shows what is linked and not told, and that a done issue is done', async () => {
    const { body } = await tell({ issueKey: 'ATLAS-16', comment });
    expect(body.confirmationToken).toBeUndefined();
    expect(body.items.map(({ message }: { message: string }) => message).sort()).toEqual([
      expect.stringMatching(/^Opportunity Contoso – plant rollout \(Contoso\) is linked itself/),
      expect.stringMatching(/^Opportunity Fabrikam – .* \(Fabrikam, Inc\.\) is linked itself/),
    ]);
    const done = both.jira.site.issues.find(({ key }) => key === 'ATLAS-30');
    const { body: other } = await tell({ issueKey: 'ATLAS-30', comment });
    expect(done).toBeDefined();
    expect(other.summary).toContain('ATLAS-30 is Done as a duplicate of ATLAS-12 (In Progress), which is not done');
    expect(JSON.stringify(other.items)).toMatch(/It also waits for [^.]*ATLAS-12 \(In Progress\)/);
    await link('ATLAS-24', '1011');
    const { body: unseen } = await tell({ issueKey: 'ATLAS-24', comment });
    expect(unseen.summary).toContain('ATLAS-24 is Done with the resolution Cannot Reproduce.');
  });

  it('tells each customer once, though it is confirmed and planned again', async () => {
    const { body: plan } = await tell({ issueKey: 'ATLAS-25', comment });
    const { confirmationToken } = plan;
    const { body } = await tell({ confirmationToken });
    expect(outcomes(body as never)).toEqual({ [caseId(9)]: 'done', [caseId(11)]: 'done' });
    await tell({ confirmationToken });
    const { body: again } = await tell({ issueKey: 'ATLAS-25', comment: `${comment}  ` });
    expect([again.confirmationToken, again.items.map(({ message }: { message: string }) => message)]).toEqual([
      undefined,
      expect.arrayContaining([expect.stringContaining('has this very comment already')]),
    ]);
    expect([9, 10, 11].map(nth => publicOn(nth).map(({ CommentBody }) => CommentBody))).toEqual([
      [comment],
      [],
      [comment],
    ]);
  });

  it('leaves a case alone that was closed in the meantime', async () => {
    const { body: plan } = await tell({ issueKey: 'ATLAS-25', comment: 'It will be late.' });
    await request(`${both.app.url}/api/salesforce/updateRecord`, {
      headers: open,
      json: { recordId: caseId(9), fields: '{"Status":"Closed"}' },
    });
    const { body } = await tell({ confirmationToken: plan.confirmationToken });
    expect(outcomes(body as never)).toEqual({ [caseId(9)]: 'notDone', [caseId(11)]: 'done' });
    expect(publicOn(9)).toHaveLength(1);
  });

  it('leaves a case alone that was unlinked in the meantime', async () => {
    const { body: plan } = await tell({ issueKey: 'ATLAS-25', comment: 'It will be later still.' });
    linksOf('ATLAS-25').splice(0);
    const { body } = await tell({ confirmationToken: plan.confirmationToken });
    expect(outcomes(body as never)).toEqual({ [caseId(11)]: 'notDone' });
    expect(publicOn(11).map(({ CommentBody }) => CommentBody)).not.toContain('It will be later still.');
  });

  it('tells nobody of an issue, or on a case, that a policy closes', async () => {
    expect((await tell({ issueKey: 'ATLAS-25', comment }, through('beacon'))).body.code).toBe('forbidden');
    const { body } = await tell({ issueKey: 'ATLAS-25', comment }, through('contacts'));
    expect([body.confirmationToken, JSON.stringify(body).includes('500Sx')]).toEqual([undefined, false]);
  });
});
