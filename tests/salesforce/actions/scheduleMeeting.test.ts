import { expect, test } from 'vitest';
import { recordId } from '../../../functions/salesforce/sandbox/recordId.ts';
import { sandboxUser } from '../../../tools/sandboxUser.ts';
import { list, useSalesforce } from '../harness.ts';

const salesforce = useSalesforce({ settings: () => sandboxUser.settings });
const [contoso, maria, sam] = [recordId('001', 1), recordId('003', 1), recordId('003', 2)];
const [ana, li] = [recordId('005', 2), recordId('005', 3)];

const schedule = (json: Record<string, unknown>) =>
  salesforce.call('scheduleMeeting', { json: { subject: 'Workshop', ...json }, headers: sandboxUser.headers });
const event = (id: unknown) => salesforce.sandbox.records('Event').find(({ Id }) => Id === id);

test('is in the calendar of whoever asks, by their clock, with people and invitees, and says that nobody is told', async () => {
  const { status, body } = await schedule({
    subject: 'Renewal workshop',
    start: '2031-03-04T14:00',
    durationMinutes: 90,
    recordId: contoso,
    people: 'Maria Olsen',
    invitees: 'Li Wei, Sam Peters',
    location: 'Room 5',
    description: 'Prices',
  });
  expect([status, body.detail]).toEqual([200, undefined]);
  expect(body).toMatchObject({
    start: '2031-03-04T14:00:00+01:00',
    end: '2031-03-04T15:30:00+01:00',
    relatedTo: 'Contoso',
    with: 'Maria Olsen',
    owner: 'Ana Ruiz',
    location: 'Room 5',
    invitees: [
      { name: 'Li Wei', isInvited: true },
      { name: 'Sam Peters', isInvited: true },
    ],
  });
  expect(body.note).toContain('Salesforce sends no invitation');
  expect(event(body.activityId)).toMatchObject({
    StartDateTime: '2031-03-04T13:00:00.000+0000',
    DurationInMinutes: 90,
    OwnerId: ana,
    WhatId: contoso,
    WhoId: maria,
    Description: 'Prices',
  });
  const relations = salesforce.sandbox.records('EventRelation').filter(({ EventId }) => EventId === body.activityId);
  const invited = relations.filter(({ IsInvitee }) => IsInvitee).map(({ RelationId }) => RelationId);
  expect(invited.sort()).toEqual([sam, li].sort());
  // Who is invited finds it among their own, and the account has it once.
  const activities = async (query: Record<string, string>) =>
    list((await salesforce.call('findActivities', { query, headers: sandboxUser.headers })).body.activities).filter(
      ({ subject }) => subject === 'Renewal workshop',
    );
  expect(await activities({ owner: 'Li Wei', subject: 'renewal' })).toHaveLength(1);
  expect(await activities({ recordId: contoso, subject: 'renewal' })).toHaveLength(1);
  expect(await activities({ recordId: sam, subject: 'renewal' })).toHaveLength(1);
});

test('takes an hour unless told, and a zone that is given counts', async () => {
  const { body } = await schedule({ subject: 'With a zone', start: '2031-07-04T09:00:00Z' });
  expect([body.start, body.end]).toEqual(['2031-07-04T11:00:00+02:00', '2031-07-04T12:00:00+02:00']);
  // Nobody else has to be told of it.
  expect(body.note).toBeUndefined();
});

test('a day alone takes all day, whatever the zone, and several days their last', async () => {
  const { body } = await schedule({ subject: 'Trade fair', start: '2031-05-05', end: '2031-05-07' });
  expect([body.start, body.end]).toEqual(['2031-05-05', '2031-05-07']);
  expect(event(body.activityId)).toMatchObject({
    IsAllDayEvent: true,
    StartDateTime: '2031-05-05T00:00:00.000+0000',
    ActivityDate: '2031-05-05',
  });
  const query = { subject: 'Trade fair', dueSince: '2031-05-05', dueBefore: '2031-05-06' };
  const found = await salesforce.call('findActivities', { query, headers: sandboxUser.headers });
  expect(list(found.body.activities)).toMatchObject([{ date: '2031-05-05', kind: 'Meeting' }]);
});

test('who could not be invited is told, because the meeting is there', async () => {
  const body = JSON.stringify([{ errorCode: 'FIELD_INTEGRITY_EXCEPTION', message: 'Cannot invite.' }]);
  salesforce.sandbox.fail({ path: '/sobjects/EventRelation$', status: 400, body });
  const answer = await schedule({ subject: 'Nobody comes', start: '2031-03-04T14:00', invitees: 'Li Wei' });
  expect(answer.status).toBe(200);
  expect(list(answer.body.invitees)).toMatchObject([
    { name: 'Li Wei', isInvited: false, problem: expect.stringContaining('Cannot invite.') },
  ]);
});

test('a contact is whom it is with, and whose it is can be given', async () => {
  const { body } = await schedule({
    subject: 'Coffee',
    start: '2031-03-04T14:00',
    end: '2031-03-04T14:30',
    recordId: sam,
    owner: 'Li Wei',
  });
  expect(body).toMatchObject({ with: 'Sam Peters', owner: 'Li Wei' });
  expect(event(body.activityId)).toMatchObject({ WhatId: null, DurationInMinutes: 30 });
});

test.each([
  [{ start: '2020-03-04T14:00' }, 'start: It must be in the future'],
  [{ start: '2031-03-04T14:00', end: '2031-03-04T13:00' }, 'end: It must be after start.'],
  [{ start: '2031-03-04T14:00', end: '2031-03-05' }, 'end: Give a time of day'],
  [{ start: '2031-03-04', durationMinutes: 30 }, 'start: Give a time of day'],
  [{ start: '2031-03-04T14:00', end: '2031-03-04T15:00', durationMinutes: 30 }, 'durationMinutes: Give end or'],
  [{ start: '2031-03-04T14:00', end: '2031-04-04T14:00' }, 'end: Salesforce takes no event of more than 14 days.'],
  [{ start: 'soon' }, 'start: It must be a date-time'],
  [{ start: '2031-03-04T14:00', people: 'Jonas Weber' }, 'but a user of Salesforce. Give users as invitees.'],
  [{ start: '2031-03-04T14:00', invitees: 'Nobody Atall' }, 'invitees: There is no User or Contact or Lead'],
  [{ start: '2031-03-04T14:00', invitees: contoso }, 'is no user, contact or lead'],
])('%o is refused, and nothing is scheduled', async (json, detail) => {
  const before = salesforce.sandbox.records('Event').length;
  const { status, body } = await schedule(json);
  expect(status).toBe(400);
  expect(body.detail).toContain(detail);
  expect(salesforce.sandbox.records('Event')).toHaveLength(before);
});
