import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { useSalesforce } from './harness.ts';
import { orgWith } from './orgData.ts';

const usersFile = new URL('../../functions/salesforce/sandbox/data/users.json', import.meta.url);
const users = z.array(z.looseObject({})).parse(JSON.parse(await readFile(usersFile, 'utf8')));
const nth = (count: number, make: (at: number) => Record<string, unknown>) =>
  Array.from({ length: count }, (_, at) => make(at + 10));

/** An org with more of one name than any look-up reads at once, of which those that are called just so come last. */
const data = await orgWith(({ records, others }) => {
  const user = (FirstName: string, LastName: string, at: number) => ({
    $key: `many-${at}`,
    FirstName,
    LastName,
    Username: `many.${at}@example.com`,
    Email: `many.${at}@example.com`,
    Alias: `many${at}`,
    UserType: 'Standard',
    TimeZoneSidKey: 'Europe/Berlin',
    CreatedDate: '-900d 08:30',
  });
  others['users.json'] = [
    ...users,
    ...nth(25, at => user(`Aanika ${at}`, 'Zoe Reeds', at)),
    user('Zoe', 'Reed', 90),
    user('Zoe', 'Reed', 91),
    user('Mia', 'Zoe', 92),
  ];
  const task = (Subject: string, ActivityDate: string) => ({
    Subject,
    ActivityDate,
    OwnerId: 'li-wei',
    WhatId: 'contoso',
    Status: 'Not Started',
    Priority: 'Normal',
    CreatedDate: '-7d 08:30',
  });
  records.Task?.push(
    ...nth(8, at => task(`Ring the bell ${at}`, '+1d')),
    task('Ring the bell', '+1d'),
    task('Ring the bell', '+9d'),
    ...nth(8, at => task(`Ring the gong ${at}`, '+1d')),
    task('Ring the gong', '+9d'),
  );
  const opportunity = (Name: string, StageName: string) => ({
    Name,
    StageName,
    AccountId: 'contoso',
    Amount: 100,
    CloseDate: StageName === 'Closed Lost' ? '-9d' : '+9d',
    OwnerId: 'li-wei',
    CreatedDate: '-60d 08:30',
  });
  records.Opportunity?.push(
    ...nth(50, at => opportunity(`Halyard ${at}`, 'Closed Lost')),
    opportunity('Halyard 80', 'Prospecting'),
    opportunity('Halyard 81', 'Prospecting'),
    ...nth(50, at => opportunity(`A Winch ${at}`, 'Closed Lost')),
    opportunity('Winch', 'Prospecting'),
    opportunity('Banana order', 'Prospecting'),
  );
});
const salesforce = useSalesforce({ sandbox: { data } });
const write = (action: string, json: object) => salesforce.call(action, { json });
const add = (opportunity: string) =>
  write('addProducts', { opportunity, products: '[{"product":"Premium Support"}]', replaceAmount: true });

test('of two tasks that are called just so none is taken, though only one is among the first', async () => {
  const { body } = await write('completeTask', { subject: 'ring the bell' });
  expect(body.code).toBe('ambiguous');
  expect(body.detail.match(/Ring the bell \(/g)).toHaveLength(2);
});

test('the only task that is called just so is found behind many that are called alike', async () => {
  const { body: alike } = await write('completeTask', { subject: 'ring the g' });
  expect(alike.detail).toContain('and others');
  const { status, body } = await write('completeTask', { subject: 'ring the gong' });
  expect([status, body.name]).toEqual([200, 'Ring the gong']);
});

test('who completes by its subject what was completed is told so', async () => {
  await write('logActivity', { recordId: '001Sx0000000001IAA', subject: 'Polish the brass' });
  const { body: done } = await write('completeTask', { subject: 'polish the brass' });
  expect([done.code, done.detail]).toEqual([
    'conflict',
    expect.stringMatching(/^Polish the brass \(00T\w+\) is Completed already/),
  ]);
});

test('of two open opportunities none is taken, though the closed ones of that name are the first', async () => {
  const { body } = await add('Halyard');
  expect([body.code, body.detail]).toEqual(['ambiguous', expect.stringMatching(/Halyard 80.*Halyard 81/)]);
  expect((await add('Winch')).body).toMatchObject({ name: 'Winch' });
});

test('a part of a word is no name of an opportunity', async () => {
  expect((await add('nana')).body).toMatchObject({
    code: 'not_found',
    detail: expect.stringContaining('Did you mean Banana order (006'),
  });
  expect((await add('banana')).body.name).toBe('Banana order');
});

test('of two users of one name none is mentioned, asked for approval or made the owner, though many alike come first', async () => {
  const recordId = '006Sx0000000003IAA';
  const calls = [
    write('postToFeed', { recordId, comment: 'x', mention: 'Zoe Reed' }),
    write('submitForApproval', { record: recordId, approver: 'Zoe Reed' }),
    write('logActivity', { recordId, subject: 'x', owner: 'Zoe Reed' }),
  ];
  for (const { body } of await Promise.all(calls)) {
    expect([body.code, body.detail.match(/Zoe Reed \(005/g)?.length]).toEqual(['ambiguous', 2]);
  }
  const { body } = await write('submitForApproval', { record: recordId, approver: 'Zoe' });
  expect([body.code, body.detail]).toEqual([
    'invalid_input',
    expect.stringContaining('No active user or queue is called "Zoe"'),
  ]);
});
