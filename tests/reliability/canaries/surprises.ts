import type { JiraSandbox } from '../../../functions/jira/sandbox/startSandbox.ts';
import type { SalesforceSandbox } from '../../../functions/salesforce/sandbox/startSandbox.ts';
import type { Fault } from '../../../shared/sandbox/sandboxServer.ts';
import type { Random } from '../random.ts';

const SHARE = 0.04;

/**
 * Lets a vendor answer with more than it was asked for, now and then: an issue that was moved answers to its old key, a
 * search finds one of another project, a duplicate rule tells of records of any object, an error of any field.
 */
export function createSurprises(jira: JiraSandbox, salesforce: SalesforceSandbox, { next, pick }: Random): () => void {
  const json = (status: number, body: unknown): Fault => ({
    status,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json;charset=UTF-8' },
  });

  const issue = () => {
    const found = pick(jira.site.issues);
    const { summary, labels } = found?.values ?? {};
    const project = { key: found?.key.slice(0, found.key.lastIndexOf('-')) };
    return { id: '99', key: found?.key, fields: { project, summary, labels, status: { name: 'Done' } } };
  };
  const record = () => {
    const objectType = pick(['Account', 'Contact', 'Opportunity', 'Case', 'Lead', 'Project__c'] as const);
    const row = pick(salesforce.records(objectType)) ?? {};
    // Whose records a user may see is for Salesforce to say, so the one that has a mark for that is left out.
    const { Name: _, ...others } = { Name: null, ...row };
    const attributes = { type: objectType, url: `/services/data/v67.0/sobjects/${objectType}/x` };
    return { attributes, ...(objectType === 'Opportunity' ? others : row) };
  };

  const faults: readonly [() => void, ...(() => void)[]] = [
    () => jira.fail({ method: 'GET', path: '/issue/[A-Z]+-\\d+$', ...json(200, issue()) }),
    () =>
      jira.fail({ method: 'POST', path: '/search/jql$', ...json(200, { issues: [issue(), issue()], isLast: true }) }),
    () =>
      salesforce.fail({ path: '/query', ...json(200, { done: true, totalSize: 2, records: [record(), record()] }) }),
    () => salesforce.fail({ path: '/parameterizedSearch', ...json(200, { searchRecords: [record(), record()] }) }),
    () =>
      salesforce.fail({
        method: 'POST',
        path: '/sobjects/',
        ...json(400, [
          {
            errorCode: 'DUPLICATES_DETECTED',
            message: 'Use one of these records?',
            duplicateResult: { matchResults: [{ matchRecords: [{ record: record() }, { record: record() }] }] },
          },
        ]),
      }),
  ];
  return () => {
    if (next() < SHARE) pick(faults)();
  };
}
