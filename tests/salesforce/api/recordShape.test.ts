import { expect, test } from 'vitest';
import { field, recordShape } from '../../../functions/salesforce/api/recordShape.ts';
import { fieldsOf, meaningOf } from '../../../shared/schema/meaning.ts';

const shape = recordShape('Case', {
  caseId: field.id('The ID of the case.'),
  subject: field.heading('Subject', 'What it is about.'),
  accountId: field.reference('AccountId', 'The ID of its account.'),
  owner: field.text('Owner.Name', 'Who works on it.'),
  hours: field.number('Hours__c', 'How long it took.'),
  isClosed: field.boolean('IsClosed', 'True when it is closed.'),
  openedAt: field.time('CreatedDate', 'When it was opened, ISO 8601 in UTC.'),
  url: field.link('Where to open the case.'),
});
const salesforce = {
  soleCurrency: () => 'EUR',
  recordUrl: (objectType: string, recordId: string) => `https://org.example/${objectType}/${recordId}`,
};
const read = (record: object) => shape.read({ Id: '500', ...record }, salesforce);

test('the SELECT list has each path once, in the order of the output', () => {
  expect(shape.fields).toEqual(['Id', 'Subject', 'AccountId', 'Owner.Name', 'Hours__c', 'IsClosed', 'CreatedDate']);
});

test('the output has a field for each line, with description and meaning, and only the ID and the link must be there', () => {
  expect(
    Object.entries(fieldsOf(shape.output)).map(([name, schema]) => [
      name,
      meaningOf(schema).description,
      !shape.output.shape[name as keyof typeof shape.output.shape].safeParse(undefined).success,
    ]),
  ).toEqual([
    ['caseId', 'The ID of the case.', true],
    ['subject', 'What it is about.', false],
    ['accountId', 'The ID of its account.', false],
    ['owner', 'Who works on it.', false],
    ['hours', 'How long it took.', false],
    ['isClosed', 'True when it is closed.', false],
    ['openedAt', 'When it was opened, ISO 8601 in UTC.', false],
    ['url', 'Where to open the case.', true],
  ]);
  const { caseId, subject, accountId, url } = shape.output.shape;
  expect(meaningOf(caseId)).toMatchObject({ identifier: true });
  expect(meaningOf(subject)).toMatchObject({ heading: true });
  expect(meaningOf(accountId)).toMatchObject({ identifier: true });
  expect(meaningOf(url)).toMatchObject({ link: true });
});

test('a record is read with its parents, its times in ISO 8601 and a link', () => {
  const record = {
    Subject: 'Press stops',
    AccountId: '001',
    Owner: { attributes: {}, Name: 'Ana Ruiz' },
    Hours__c: 1.5,
    IsClosed: true,
    CreatedDate: '2026-11-15T09:00:00.000+0000',
    Other: 'x',
  };
  expect(read(record)).toEqual({
    caseId: '500',
    subject: 'Press stops',
    accountId: '001',
    owner: 'Ana Ruiz',
    hours: 1.5,
    isClosed: true,
    openedAt: '2026-11-15T09:00:00.000Z',
    url: 'https://org.example/Case/500',
  });
});

test('what is empty, or hidden along with its parent, is left out; zero and false are not empty', () => {
  const record = { Subject: '', AccountId: null, Owner: null, Hours__c: 0, IsClosed: false };
  expect(read(record)).toEqual({ caseId: '500', hours: 0, isClosed: false, url: 'https://org.example/Case/500' });
});

test.each([{ Id: null }, { Id: 7 }, { Subject: 5 }, { Hours__c: '1.5' }, { CreatedDate: 1_700_000_000 }])(
  'a record such as %o is unreadable',
  record => {
    expect(() => read(record)).toThrow('Salesforce answered with something unreadable.');
  },
);
