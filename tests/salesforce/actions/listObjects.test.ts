import { expect, test } from 'vitest';
import { list, startSalesforceApp, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce();

test('lists objects by label, custom ones too, in one request and then none', async () => {
  const { body } = await salesforce.call('listObjects', { query: {} });
  expect(list(body.objects).map(({ name }) => name)).toEqual(expect.arrayContaining(['Account', 'Project__c']));
  expect(salesforce.costs()).toEqual(['GET /sobjects']);
  expect(
    list(body.objects)
      .map(({ name }) => name)
      .slice(0, 3),
  ).toEqual(['Account', 'Case', 'Contact']);
  const custom = await salesforce.call('listObjects', { query: { customOnly: 'true' } });
  expect(custom.body).toMatchObject({
    count: 1,
    objects: [{ name: 'Project__c', label: 'Project', canCreate: true }],
  });
  expect(salesforce.costs()).toEqual([]);
});

test('everyday objects come first and custom ones next, and HTML in place of all is a failure of Salesforce', async () => {
  const other = await startSalesforceApp();
  const answerWith = (body: string) => other.sandbox.fail({ path: '/sobjects$', status: 200, body });
  answerWith('<html>');
  const failed = await other.call('listObjects', { query: {} });
  const objects = ['Asset', 'Zoo__c', 'Lead'].map(name => ({ name, label: name, custom: name.endsWith('__c') }));
  answerWith(JSON.stringify({ sobjects: objects }));
  const listed = await other.call('listObjects', { query: {} });
  await other.stop();
  expect(failed.body).toMatchObject({ code: 'upstream_error', retryable: true });
  expect(list(listed.body.objects).map(({ name }) => name)).toEqual(['Lead', 'Zoo__c', 'Asset']);
});
