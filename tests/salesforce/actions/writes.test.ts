import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { type SalesforceApp, startSalesforceApp } from '../harness.ts';

let salesforce: SalesforceApp;
const contoso = recordId('001', 1);
const rollout = recordId('006', 1);

beforeAll(async () => {
  salesforce = await startSalesforceApp();
  for (const objectType of ['Contact', 'Opportunity', 'Project__c']) {
    await salesforce.call('describeObject', { query: { objectType } });
  }
});
beforeEach(() => void salesforce.asked());
afterAll(() => salesforce.stop());

const create = (objectType: string, fields: object) =>
  salesforce.call('createRecord', { json: { objectType, fields: JSON.stringify(fields) } });
const update = (objectType: string, id: string, fields: object) =>
  salesforce.call('updateRecord', { json: { objectType, recordId: id, fields: JSON.stringify(fields) } });
const row = (objectType: string, id: unknown) => salesforce.sandbox.records(objectType).find(({ Id }) => Id === id);

describe('createRecord', () => {
  test('creates a record from names or labels and answers with it as it now is, in two requests', async () => {
    const { status, body } = await create('contact', {
      'First Name': 'Mia',
      lastname: "D'Arcy \\ %",
      Email: 'mia@contoso.example',
      AccountId: contoso,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ objectType: 'Contact', name: "Mia D'Arcy \\ %" });
    expect(body.fields).toEqual(expect.arrayContaining([{ label: 'Account', value: 'Contoso' }]));
    expect(row('Contact', body.recordId)).toMatchObject({ FirstName: 'Mia', Email: 'mia@contoso.example' });
    expect(salesforce.costs()).toEqual(['POST /sobjects/Contact', 'GET /query']);
  });

  test('puts choices, numbers and booleans as the org has them', async () => {
    const { body } = await create('Project__c', {
      Name: 'New hall',
      Phase__c: 'build',
      Regions__c: 'emea; APAC',
      Budget__c: '1200.50',
      At_Risk__c: 'TRUE',
      Go_Live__c: '2027-01-31',
    });
    expect(row('Project__c', body.recordId)).toMatchObject({
      Phase__c: 'Build',
      Regions__c: 'EMEA;APAC',
      Budget__c: 1200.5,
      At_Risk__c: true,
      Go_Live__c: '2027-01-31',
    });
  });

  test('names everything that is wrong at once, and sends nothing', async () => {
    const { status, body } = await create('Opportunity', {
      Nme: 'x',
      Amount: 'a lot',
      IsWon: true,
      StageName: 'Nearly there',
      CloseDate: '2026-02-30',
      AccountId: "001' OR",
      Account: 'Contoso',
    });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { field: 'Nme', message: 'Opportunity has no such field. describeObject tells which there are.' },
      { field: 'Amount', message: 'It must be a number.' },
      { field: 'IsWon', message: 'Won is read-only.' },
      { field: 'StageName', message: expect.stringContaining('It must be one of Prospecting, Qualification') },
      { field: 'CloseDate', message: 'It must be a date such as 2026-11-15.' },
      { field: 'AccountId', message: 'It must be the record ID of Account. Find it by name first.' },
      { field: 'Account', message: 'Opportunity has no such field. Did you mean AccountId?' },
      { field: 'Name', message: 'It is required (Name).' },
    ]);
    expect(salesforce.asked()).toEqual([]);
  });

  test.each(['2026-02-30T09:00:00Z', '2026-11-15T25:00:00Z', '2026-11-15 or so'])(
    'a moment that there is not, %s, is refused, not moved',
    async StartDateTime => {
      const { body } = await create('Event', { Subject: 'x', StartDateTime });
      expect(body.errors).toContainEqual({
        field: 'StartDateTime',
        message: 'It must be a date-time such as 2026-11-15T09:00:00Z.',
      });
    },
  );

  test.each(['{"Name":', '[1]', '"Name"', '{}', 'null'])('fields such as %s are refused', async fields => {
    const { status, body } = await salesforce.call('createRecord', { json: { objectType: 'Contact', fields } });
    expect(status).toBe(400);
    expect(body.code).toBe('invalid_input');
    expect(salesforce.asked()).toEqual([]);
  });

  test('a duplicate is a conflict that names the record that it matches', async () => {
    const { status, body } = await create('Contact', { LastName: 'Olsen', Email: 'maria.olsen@contoso.example' });
    expect(status).toBe(409);
    expect(body.code).toBe('conflict');
    expect(body.detail).toContain(`It matches Contact ${recordId('003', 1)} (Maria Olsen).`);
    expect(salesforce.costs()).toEqual(['POST /sobjects/Contact']);
  });

  test('an object that nobody may create is refused', async () => {
    const { status } = await create('User', { LastName: 'x' });
    expect(status).toBe(403);
  });
});

describe('updateRecord', () => {
  test('changes the named fields alone and answers with the record as it now is, in two requests', async () => {
    const { status, body } = await update('Opportunity', rollout, { Stage: 'closed won', NextStep: null });
    expect(status).toBe(200);
    expect(body.fields).toEqual(
      expect.arrayContaining([
        { label: 'Stage', value: 'Closed Won' },
        { label: 'Won', value: 'Yes' },
      ]),
    );
    expect(row('Opportunity', rollout)).toMatchObject({ StageName: 'Closed Won', NextStep: null, Amount: 240_000 });
    expect(salesforce.costs()).toEqual([`PATCH /sobjects/Opportunity/${rollout}`, 'GET /query']);
  });

  test('a record that was deleted is told as such', async () => {
    const deleted = salesforce.sandbox.records('Opportunity').at(-1);
    Object.assign(deleted ?? {}, { IsDeleted: true });
    const { status, body } = await update('Opportunity', String(deleted?.Id), { NextStep: 'x' });
    expect(status).toBe(404);
    expect(body.detail).toContain('The record was deleted');
  });

  test('emptying what cannot be empty is refused before anything is sent', async () => {
    const { body } = await update('Opportunity', rollout, { Name: '', 'Created Date': '2026-01-01' });
    expect(body.errors).toEqual([
      { field: 'Name', message: 'Name cannot be empty.' },
      { field: 'Created Date', message: 'Created Date is read-only.' },
    ]);
    expect(salesforce.asked()).toEqual([]);
  });

  test.each(['../../query?q=x', '../../../limits', `${rollout}/x`, '006'])(
    'a record ID such as %s is refused before anything is sent',
    async id => {
      expect((await update('Opportunity', id, { NextStep: 'x' })).status).toBe(400);
      expect(salesforce.asked()).toEqual([]);
    },
  );
});

describe('what Salesforce does not confirm', () => {
  test.each(['<html>', '', 'null', '{"success":false}'])('is no change that was made: %s', async body => {
    salesforce.sandbox.fail({ path: '/sobjects/Opportunity/', status: 200, body });
    const { status, body: answer } = await update('Opportunity', rollout, { NextStep: `not ${body}` });
    expect(status).toBe(504);
    expect(answer).toMatchObject({ retryable: false });
    expect(answer.detail).toContain('may or may not have been made');
  });

  test.each([
    [500, '', 3],
    [200, '{"totalSize":0,"done":true,"records":[]}', 1],
  ])('and what cannot be read back afterwards, answered %i, is left out', async (status, body, times) => {
    salesforce.sandbox.fail({ path: '/query$', status, body, times });
    const { body: answer } = await update('Opportunity', rollout, { NextStep: `unseen ${status}` });
    expect(answer).toEqual({ objectType: 'Opportunity', recordId: rollout, url: expect.stringContaining(rollout) });
  });
});

describe('logActivity', () => {
  test('a note that is read back as something odd is still told as made', async () => {
    const body = JSON.stringify({ totalSize: 1, done: true, records: [{ Subject: 5, What: 'x' }] });
    salesforce.sandbox.fail({ path: '/query$', status: 200, body });
    const json = { recordId: contoso, subject: 'An odd answer' };
    const { status, body: answer } = await salesforce.call('logActivity', { json });
    expect(status).toBe(200);
    expect(answer).toMatchObject({ subject: 'An odd answer', status: 'Completed' });
  });

  test('notes a call on an account as done today, in two requests', async () => {
    const json = {
      recordId: contoso,
      subject: 'Talked about the renewal',
      activityType: 'call',
      contactId: recordId('003', 1),
    };
    const { status, body } = await salesforce.call('logActivity', { json });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'Completed',
      relatedTo: 'Contoso',
      with: 'Maria Olsen',
      owner: 'Integration User',
    });
    expect(row('Task', body.activityId)).toMatchObject({
      Subject: 'Talked about the renewal',
      TaskSubtype: 'Call',
      WhatId: contoso,
      WhoId: recordId('003', 1),
      Status: 'Completed',
      ActivityDate: new Date().toISOString().slice(0, 10),
    });
    expect(salesforce.costs()).toEqual(['POST /sobjects/Task', 'GET /query']);
  });

  test.each([
    [{ recordId: contoso, date: '2026-11-01', dueDate: '2026-12-01' }, 'date: '],
    [{ recordId: recordId('003', 2), contactId: recordId('003', 1) }, 'contactId: '],
  ])('what it has no use for is refused, not left out: %o', async (json, field) => {
    const { status, body } = await salesforce.call('logActivity', { json: { subject: 'x', ...json } });
    expect(status).toBe(400);
    expect(body.detail).toContain(field);
    expect(salesforce.asked()).toEqual([]);
  });

  test('a due date makes it a task to do, and a person is whom it is with', async () => {
    const json = { recordId: recordId('00Q', 1), subject: 'Call back', dueDate: '2027-01-15' };
    const { body } = await salesforce.call('logActivity', { json });
    expect(row('Task', body.activityId)).toMatchObject({
      WhoId: recordId('00Q', 1),
      WhatId: null,
      Status: 'Not Started',
      ActivityDate: '2027-01-15',
    });
  });
});
