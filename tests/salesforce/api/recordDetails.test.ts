import { expect, test } from 'vitest';
import { detailsOf, detailsStatement } from '../../../functions/salesforce/api/recordDetails.ts';
import { htmlToMarkdown } from '../../../functions/salesforce/api/richText.ts';
import { describeSchema } from '../../../functions/salesforce/api/wire.ts';

const described = (...fields: object[]) =>
  describeSchema.parse({
    name: 'Thing__c',
    label: 'Thing',
    fields: fields.map(field => ({ type: 'string', ...field })),
  });
const selected = (...fields: object[]) =>
  /^SELECT Id, (.*) FROM Thing__c WHERE Id = 'a00'$/
    .exec(detailsStatement(described(...fields), 'a00').text)?.[1]
    ?.split(', ');

test('of many fields forty are read: the name, then what is required or the own, and housekeeping last', () => {
  const many = Array.from({ length: 100 }, (_unused, at) => ({ name: `Field${at}`, label: `Field ${at}` }));
  const fields = selected(
    { name: 'CreatedDate', label: 'Created Date', type: 'datetime' },
    ...many,
    { name: 'Own__c', label: 'Own', custom: true },
    { name: 'Must', label: 'Must', nillable: false },
    { name: 'Name', label: 'Thing Name', nameField: true },
  );
  expect(fields).toHaveLength(40);
  expect(fields?.slice(0, 4)).toEqual(['Name', 'Must', 'Own__c', 'Field0']);
  expect(fields).not.toContain('CreatedDate');
});

test('what cannot be read as a text, repeats another field or is of no interest is left out', () => {
  expect(
    selected(
      { name: 'Name', label: 'Name', nameField: true },
      { name: 'FirstName', label: 'First Name', compoundFieldName: 'Name' },
      { name: 'BillingAddress', label: 'Billing Address', type: 'address' },
      { name: 'BillingCity', label: 'Billing City', compoundFieldName: 'BillingAddress' },
      { name: 'Old__c', label: 'Old', deprecatedAndHidden: true },
      { name: 'SystemModstamp', label: 'System Modstamp', type: 'datetime' },
      { name: 'Attachment__c', label: 'Attachment', type: 'base64' },
    ),
  ).toEqual(['Name', 'BillingCity']);
});

test('lookups are read by the name of what they point at where it is known to have one', () => {
  const reference = (name: string, relationshipName: string | null, ...referenceTo: string[]) => ({
    name,
    label: `${name} ID`,
    type: 'reference',
    relationshipName,
    referenceTo,
  });
  expect(
    selected(
      reference('OwnerId', 'Owner', 'Group', 'User'),
      reference('Case__c', 'Case__r', 'Case'),
      reference('Project__c', 'Project__r', 'Project__c'),
      reference('Strange__c', 'Strange__r', 'StrangeThing'),
      reference('Bare', null, 'Account'),
    ),
  ).toEqual(['Owner.Name', 'Case__r.CaseNumber', 'Project__r.Name', 'Strange__c', 'Bare']);
});

test('values are told in plain words, and empty ones not at all', () => {
  const object = described(
    { name: 'Name', label: 'Name', nameField: true },
    { name: 'Flag__c', label: 'Flag', type: 'boolean' },
    { name: 'Regions__c', label: 'Regions', type: 'multipicklist' },
    { name: 'At__c', label: 'At', type: 'datetime' },
    { name: 'OwnerId', label: 'Owner ID', type: 'reference', relationshipName: 'Owner', referenceTo: ['User'] },
    { name: 'Zero__c', label: 'Zero', type: 'double' },
    { name: 'Empty__c', label: 'Empty' },
    { name: 'Share__c', label: 'Share', type: 'percent' },
    { name: 'Price__c', label: 'Price', type: 'currency' },
    { name: 'Grade__c', label: 'Grade', type: 'picklist', picklistValues: [{ value: 'a1', label: 'Best' }] },
    { name: 'Text__c', label: 'Text', type: 'textarea', htmlFormatted: true },
    { name: 'Blank__c', label: 'Blank', type: 'textarea', htmlFormatted: true },
  );
  const record = {
    Name: 'One',
    Flag__c: false,
    Regions__c: 'EMEA;APAC',
    At__c: '2026-11-15T09:00:00.000+0000',
    Owner: { attributes: {}, Name: 'Ana' },
    Zero__c: 0,
    Empty__c: null,
    Share__c: 12.5,
    Price__c: 1234.5,
    Grade__c: 'a1',
    Text__c: '<p>Hello&nbsp;<b>you</b></p>',
    Blank__c: '<p><br></p>',
  };
  const { name, fields: details } = detailsOf(object, record, { orgCurrency: 'EUR', richText: htmlToMarkdown });
  expect(name).toBe('One');
  expect(Object.fromEntries(details.map(({ label, value }) => [label, value]))).toEqual({
    Name: 'One',
    Owner: 'Ana',
    Flag: 'No',
    Regions: 'EMEA, APAC',
    At: '2026-11-15T09:00:00.000Z',
    Zero: '0',
    Share: '12.5%',
    Price: '1,234.5 EUR',
    Grade: 'Best',
    Text: 'Hello **you**',
  });
});
