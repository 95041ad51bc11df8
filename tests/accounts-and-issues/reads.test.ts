import { describe, expect, it } from 'vitest';
import { linkedTo } from '../../functions/jira/api/remoteLinks.ts';
import { parseJql } from '../../functions/jira/sandbox/jql.ts';
import { recordId } from '../../functions/salesforce/sandbox/recordId.ts';
import { entra } from '../jira/signedIn.ts';
import { orgWith } from '../salesforce/orgData.ts';
import { principal } from '../support/principal.ts';
import { useBoth } from './harness.ts';

const through = (role: string) =>
  principal({ tid: 'tenant', oid: 'oid-ana', scp: 'access', upn: 'ana.ruiz@example.com', roles: role });
const open = through('open');

/** Fabrikam's robot arms are sold in euros. */
const data = await orgWith(({ records, others }) => {
  others['currencies.json'] = [
    { isoCode: 'USD', corporate: true },
    { isoCode: 'EUR', rate: 0.8 },
  ];
  for (const each of records.Opportunity ?? []) {
    each.CurrencyIsoCode = each.Name === 'Fabrikam – robot arms' ? 'EUR' : 'USD';
  }
});

const both = useBoth(
  {
    ...entra,
    ACTION_TIMEOUT_MS: '4000',
    POLICY: JSON.stringify({
      default: {},
      roles: {
        open: {},
        beacon: { systems: { jira: { projects: ['BEACON'] } } },
        accounts: { systems: { salesforce: { objects: ['Account'] } } },
        numbers: { systems: { salesforce: { hiddenFields: { Case: ['Subject'] } } } },
      },
    }),
  },
  { salesforce: { data } },
);

const contoso = recordId('001', 1);
const invoiceCase = recordId('500', 2);

const issuesOf = (record: string, more: Record<string, string> = {}, headers = open) =>
  both.read('getIssuesOfCustomer', { record, ...more }, headers);
const customersOf = (issueKey: string, headers = open) => both.read('getCustomersOfIssue', { issueKey }, headers);
// biome-ignore lint/suspicious/noExplicitAny: the rows of an answer.
const keys = (rows: any[]) => rows.map(({ issueKey }) => issueKey).sort();

describe('the issues of a customer', () => {
  it('are those of an account, its cases and its opportunities, each with what it is linked to', async () => {
    const { status, body } = await issuesOf('contoso');
    expect([status, keys(body.issues)]).toEqual([200, ['ATLAS-12', 'ATLAS-16', 'ATLAS-21', 'ATLAS-30']]);
    expect(body.customer).toMatchObject({ recordId: contoso, record: 'Account Contoso' });
    expect(body.issues.find(({ issueKey }: { issueKey: string }) => issueKey === 'ATLAS-12')).toMatchObject({
      status: 'In Progress',
      linkedTo: [
        {
          recordId: invoiceCase,
          record: 'Case 00001002: Invoice 4711 shows the wrong VAT',
          status: 'Working',
          isClosed: false,
        },
      ],
    });
    // Fabrikam waits for it, too, which is no business of Contoso's.
    expect(JSON.stringify(body)).not.toContain('Fabrikam');
  });

  it('come with the open cases that have none, which are no others than those', async () => {
    const { body } = await issuesOf(contoso);
    expect(body.otherOpenCases.map(({ record }: { record: string }) => record)).toEqual([
      'Case 00001001: Press stops after ten minutes',
    ]);
  });

  it('do not repeat the case that was asked for among the open cases', async () => {
    const { body } = await issuesOf('00001001');
    expect([body.issues, body.otherOpenCases]).toEqual([[], undefined]);
  });

  it('are those of several customers, each with whom it concerns', async () => {
    const { status, body } = await issuesOf(`Contoso, Fabrikam, Inc., ${contoso}, 1001`);
    expect([status, keys(body.issues)]).toEqual([200, ['ATLAS-12', 'ATLAS-16', 'ATLAS-21', 'ATLAS-30']]);
    expect(body.customers.map(({ record }: { record: string }) => record)).toEqual([
      'Account Contoso',
      'Account Fabrikam, Inc.',
      'Case 00001001: Press stops after ten minutes',
    ]);
    const customersOfIssue = Object.fromEntries(
      body.issues.map(({ issueKey, customers }: { issueKey: string; customers: string[] }) => [issueKey, customers]),
    );
    expect(customersOfIssue).toMatchObject({
      'ATLAS-12': ['Account Contoso'],
      'ATLAS-16': ['Account Contoso', 'Account Fabrikam, Inc.'],
    });
    expect(body.otherOpenCases).not.toContainEqual(
      expect.objectContaining({ record: expect.stringContaining('00001001') }),
    );
    for (const each of body.otherOpenCases ?? []) expect(each.customer).toMatch(/^Account /);
    expect(body.note).toContain('Contoso Europe GmbH');
  });

  it('of several are told of none where one of them means nothing or several, and all of these are named', async () => {
    const { body } = await issuesOf('Contoso,Nonesuch,toso');
    expect(body.code).toBe('ambiguous');
    expect(body.detail).toContain('Nonesuch');
    expect(body.detail).toContain('Contoso Europe GmbH');
    expect((await issuesOf(Array.from({ length: 11 }, (_, at) => `${1001 + at}`).join(','))).body.code).toBe(
      'invalid_input',
    );
  });

  it('take a look at the record, what belongs to it, the issues, and their links', async () => {
    await issuesOf(contoso);
    both.costs();
    await issuesOf('1002');
    expect(both.costs().sort()).toEqual(['POST /composite', 'POST /search/jql']);
    await issuesOf('Contoso');
    expect(
      both
        .costs()
        .filter(each => !each.includes('remotelink'))
        .sort(),
    ).toEqual(['POST /composite', 'POST /composite', 'POST /search/jql']);
  });

  it('leave out what is done where the open ones are asked for', async () => {
    const { body: open } = await issuesOf('Contoso', { openOnly: 'true' });
    expect(keys(open.issues)).not.toContain('ATLAS-30');
    expect(open.otherOpenCases).toMatchObject([{ record: 'Case 00001001: Press stops after ten minutes' }]);
  });

  it.each([
    ['a number without its zeros', '1002', ['ATLAS-12', 'ATLAS-30']],
    ['a number as people write it', 'Case #00001002', ['ATLAS-12', 'ATLAS-30']],
    ['an ID of 15 characters', invoiceCase.slice(0, 15), ['ATLAS-12', 'ATLAS-30']],
    ['the name of an opportunity', 'Contoso – plant rollout', ['ATLAS-16']],
    ['a part of the one account that has it', 'Fabrikam', ['ATLAS-16']],
    ['a case without issues', '00001001', []],
  ])('are found by %s', async (_, record, expected) => {
    expect(keys((await issuesOf(record)).body.issues)).toEqual(expected);
  });

  it.each([
    ['nothing that there is', 'No such customer', 'not_found'],
    ['a number of no case', '00009999', 'not_found'],
    ['a part of several accounts', 'toso', 'ambiguous'],
    ['the ID of a contact', recordId('003', 1), 'invalid_input'],
    ['an operator of the query', "x' OR Name LIKE '%", 'not_found'],
  ])('are not found by %s', async (_, record, code) => {
    expect((await issuesOf(record)).body.code).toBe(code);
  });

  it('go on page by page, and each page tells its own', async () => {
    const first = await issuesOf('Contoso', { limit: '3' });
    expect(first.body).not.toHaveProperty('otherOpenCases');
    const second = await issuesOf('Contoso', { limit: '3', pageToken: first.body.nextPageToken });
    expect(keys([...first.body.issues, ...second.body.issues])).toEqual([
      'ATLAS-12',
      'ATLAS-16',
      'ATLAS-21',
      'ATLAS-30',
    ]);
  });

  it('are asked for in parts of a hundred, as many as Jira takes', () => {
    const ids = Array.from({ length: 250 }, (_, at) => `salesforce:00D:"${at}\\`);
    const { where } = parseJql(linkedTo(ids).text);
    const parts = where?.kind === 'or' ? where.clauses : [];
    const found = parts.map(part =>
      part.kind === 'terminal' && part.operand.kind === 'function' ? part.operand.args : [],
    );
    expect(found.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(found.flat()).toEqual(ids);
  });
});

describe('the customers of an issue', () => {
  it('are what it is linked to, with what the open opportunities are worth in each currency', async () => {
    const { body } = await customersOf('ATLAS-16');
    expect(body.openOpportunityTotals).toEqual([
      { currency: 'EUR', amount: 1_250_000, count: 1 },
      { currency: 'USD', amount: 240_000, count: 1 },
    ]);
    expect(body.summary).toBe(
      'Linked to ATLAS-16: 0 cases (0 open), 2 open opportunities worth 1,250,000 EUR and 240,000 USD, of 2 accounts. These customers have 3 other open opportunities worth 117,500.5 USD, not linked.',
    );
    expect(body.accounts.map(({ name }: { name: string }) => name)).toEqual(['Contoso', 'Fabrikam, Inc.']);
    // Only opportunities are linked, and Contoso has others that are open, of which its subsidiary's are none.
    expect(body.otherOpportunityTotals).toEqual([{ currency: 'USD', amount: 117_500.5, count: 3 }]);
    expect(body.note).toBe('Subsidiaries are not included: Contoso Europe GmbH.');
  });

  it('are told apart from what else is open with the accounts of linked cases', async () => {
    const { body } = await customersOf('ATLAS-12');
    expect(body.cases).toMatchObject([{ caseNumber: '00001002', status: 'Working', account: 'Contoso' }]);
    expect(body.opportunities).toEqual([]);
    expect(body.otherOpportunities).toHaveLength(3);
    expect(body.otherOpportunityTotals).toEqual([{ currency: 'USD', amount: 338_500.5, count: 3 }]);
    expect(body.summary).toContain('3 other open opportunities worth 338,500.5 USD, not linked');
  });

  it('are none of another org, nor of another system', async () => {
    const issue = both.jira.site.issues.find(({ key }) => key === 'ATLAS-13');
    const link = (id: string, globalId: string) => ({
      id,
      globalId,
      object: { url: 'https://example.com', title: 'A secret of others' },
    });
    if (issue) {
      issue.remoteLinks = [
        link('1', `salesforce:${recordId('00D', 7)}:${invoiceCase}`),
        link('2', 'system=http://www.mycompany.com/support&id=1'),
        link('3', `salesforce:${recordId('00D', 1)}:nonsense`),
      ];
    }
    const { body } = await customersOf('ATLAS-13');
    expect(body.summary).toContain('No customer is linked to ATLAS-13');
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it('are nobody for an issue that there is not', async () => {
    expect((await customersOf('ATLAS-999')).body.code).toBe('not_found');
  });
});

describe('a policy', () => {
  it('that closes a project closes its issues here as well', async () => {
    const { body } = await issuesOf('Contoso', {}, through('beacon'));
    expect([body.issues, body.summary]).toEqual([
      [],
      '0 issues are linked to Account Contoso, its cases or its opportunities.',
    ]);
    expect((await customersOf('ATLAS-12', through('beacon'))).body.code).toBe('forbidden');
    const { body: found } = await both.read('searchEverything', { term: 'invoice' }, through('beacon'));
    expect(JSON.stringify(found)).not.toContain('ATLAS');
    const { body: named } = await both.read('searchEverything', { term: 'ATLAS-12' }, through('beacon'));
    expect(named.issues).toEqual([]);
  });

  it('that closes cases and opportunities answers a link to one as none', async () => {
    const { body } = await customersOf('ATLAS-12', through('accounts'));
    const unlinked = await customersOf('ATLAS-14', through('accounts'));
    expect(body.summary.replace('ATLAS-12', 'ATLAS-14')).toBe(unlinked.body.summary);
    expect(JSON.stringify(body)).not.toMatch(/00001002|Invoice|500Sx/);
    expect(JSON.stringify(await issuesOf('Contoso', {}, through('accounts')))).not.toMatch(
      /00001002|Invoice|500Sx|006Sx/,
    );
  });

  it('that hides the subject of cases hides it here as well', async () => {
    expect(JSON.stringify(await customersOf('ATLAS-12', through('numbers')))).not.toContain('Invoice');
    const { body } = await issuesOf('1002', {}, through('numbers'));
    expect(body.customer.record).toBe('Case 00001002');
  });
});

describe('a search of everything', () => {
  it.each(['ATLAS-12', ' atlas-12 '])('finds the issue whose key is %j, which is in no text', async term => {
    const { body } = await both.read('searchEverything', { term }, open);
    expect(keys(body.issues)[0]).toBe('ATLAS-12');
    expect(new Set(keys(body.issues)).size).toBe(body.issues.length);
  });

  it('takes what only looks like a key for words', async () => {
    const { status, body } = await both.read('searchEverything', { term: 'INVOICE-4711' }, open);
    expect([status, body.issues, body.notShown]).toEqual([200, [], undefined]);
  });

  it('asks both systems at once', async () => {
    const { body } = await both.read('searchEverything', { term: 'invoice' }, open);
    expect(body.records.map(({ name }: { name: string }) => name)).toContain('00001002');
    expect(body.issues.length).toBeGreaterThan(0);
    expect(body).not.toHaveProperty('notShown');
  });

  it.each([
    ['ATLAS-12', ['ATLAS-12']],
    ['atlas-12', ['ATLAS-12']],
    ['ATLAS-999', []],
    ['NONE-1', []],
  ])('finds the issue whose key is the term: %s', async (term, expected) => {
    const { status, body } = await both.read('searchEverything', { term }, open);
    expect([status, keys(body.issues), body.notShown]).toEqual([200, expected, undefined]);
  });

  it('finds no issue by its key that a policy closes', async () => {
    const { body } = await both.read('searchEverything', { term: 'ATLAS-12' }, through('beacon'));
    const { body: other } = await both.read('searchEverything', { term: 'ATLAS-999' }, through('beacon'));
    expect([body.issues, body.summary]).toEqual([[], other.summary.replace('999', '12')]);
  });

  it.each([
    ['Jira fails', 'Jira', 'jira', { status: 403, body: '{}' }],
    ['Salesforce fails', 'Salesforce', 'salesforce', { status: 403, body: '[]' }],
    ['Salesforce is silent', 'Salesforce', 'salesforce', { hang: true }],
  ] as const)('tells what the other one has where %s', async (_, title, name, fault) => {
    both[name].fail({ path: '/(search/jql|parameterizedSearch)$', times: 10, ...fault });
    const { status, body } = await both.read('searchEverything', { term: 'invoice' }, open);
    both[name].clearFaults();
    const [gone, left] = name === 'jira' ? ['issues', 'records'] : ['records', 'issues'];
    expect([status, body[left]?.length > 0, body[gone]]).toEqual([200, true, undefined]);
    expect(body.notShown.join()).toContain(`${title}: `);
  });
});
