import { expect, test } from 'vitest';
import { recordId } from '../../functions/salesforce/sandbox/recordId.ts';
import { list, useSalesforce } from './harness.ts';
import { orgWith } from './orgData.ts';

const html = '<p>Ask for <b>Ana &amp; Li</b></p><ul><li>on&nbsp;Monday</li></ul>';
const markdown = 'Ask for **Ana & Li**\n\n- on Monday';

const data = await orgWith(({ objects, records }) => {
  objects.Account?.fields.push({ name: 'Advice__c', label: 'Advice', type: 'textarea', htmlFormatted: true });
  Object.assign(records.Account?.[0] ?? {}, { Advice__c: html, Description: html });
});
const salesforce = useSalesforce({ sandbox: { data } });

test('a record tells rich text as Markdown, and plain text as it is', async () => {
  const { body } = await salesforce.call('getRecord', { query: { recordId: recordId('001', 1) } });
  expect(body.fields).toContainEqual({ label: 'Advice', value: markdown });
  expect(body.fields).toContainEqual({ label: 'Account Description', value: html });
});

test('so do records that are queried', async () => {
  const soql = "SELECT Advice__c, Description FROM Account WHERE Name = 'Contoso'";
  const { body } = await salesforce.call('queryRecords', { query: { soql } });
  expect(list(body.records)).toMatchObject([{ Advice__c: markdown, Description: html }]);
});
