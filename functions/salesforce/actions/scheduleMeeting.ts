import * as z from 'zod';
import { heading, id, link } from '../../../shared/schema/meaning.ts';
import { explainedPeople, isPersonId, peopleCalled, withPeople } from '../api/activityPeople.ts';
import { MAX_MINUTES, meetingTime, meetingTimeText } from '../api/activityTimes.ts';
import { choices } from '../api/filter/recordFilter.ts';
import { oneLine, onOneLine, recordForms, recordText, searchText, writtenText } from '../api/inputs.ts';
import { inviteesCalled, inviteTo } from '../api/invitees.ts';
import { askerOrNobody } from '../api/owners.ts';
import { notReadBack } from '../api/readRecord.ts';
import { recordNamed } from '../api/recordNamed.ts';
import { field, recordShape } from '../api/recordShape.ts';
import { ownerOf } from '../api/references.ts';
import { names, soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

const meeting = recordShape('Event', {
  location: field.text('Location', 'Where it takes place.'),
  relatedTo: field.text('What.Name', 'The record that it belongs to.'),
  with: field.text('Who.Name', 'The contact or lead that it is with.'),
  owner: field.text('Owner.Name', 'The owner.'),
});

/** Creating an EventRelation notifies nobody; only Salesforce's own pages send e-mails. */
const notSent =
  'Salesforce sends no invitation for what is scheduled through its API: users find it in their Salesforce calendar, everybody else must be told.';

export default salesforce.action({
  name: 'scheduleMeeting',
  toolset: 'salesforce',
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: uses('create Event'),
  title: 'Schedule a meeting',
  description:
    "Puts a meeting into the Salesforce calendar of owner, else of who asks where that is known, as this service's Salesforce user. " +
    'Use it for an appointment to come; times are by the clock of who asks. It sends no invitations. For what took place, or a task, use logActivity.',
  input: z.object({
    subject: oneLine(255).describe('The subject.'),
    start: meetingTimeText.describe('When it starts, such as 2026-11-30T14:00; a day alone is for all day.'),
    end: meetingTimeText.optional().describe('When it ends. Give this or durationMinutes; else it takes an hour.'),
    durationMinutes: z.int().min(1).max(MAX_MINUTES).optional().describe('How long it takes, in minutes.'),
    recordId: recordText
      .optional()
      .describe(`The account, deal, case, contact or other record it is about, ${recordForms}.`),
    people: choices.optional().meta({
      description: 'Contacts, or a lead, it is with, by name or ID, separated by commas.',
      mayMatchSeveral: true,
    }),
    invitees: choices.optional().meta({
      description: 'Users, and contacts or leads that people does not have, by name or ID, separated by commas.',
      mayMatchSeveral: true,
    }),
    owner: searchText.optional().meta({
      description: 'Whose calendar: a name, an e-mail address, or me.',
      mayMatchSeveral: true,
    }),
    location: z.string().trim().max(255).transform(onOneLine).optional().describe('Where it takes place.'),
    description: writtenText().optional().describe('The agenda, as plain text.'),
  }),
  output: z.object({
    activityId: id('The ID of the meeting.'),
    subject: heading('The subject.'),
    start: z.string().describe("When it starts, by the asking user's clock."),
    end: z.string().describe('When it ends; for whole days the last of them.'),
    ...meeting.output.shape,
    invitees: z
      .array(
        z.object({
          name: heading('The person, as given.'),
          isInvited: z.boolean().describe('Whether the meeting has them as invitee.'),
          problem: z.string().optional().describe('Why not.'),
        }),
      )
      .optional()
      .describe('What became of each invitee.'),
    note: z.string().optional().describe('What to tell the user besides.'),
    url: link('The address of the meeting in Salesforce.'),
  }),
  // Each name is looked up among users, contacts and leads, and each invitee is a request.
  requests: 100,
  example: {
    subject: 'Renewal workshop',
    start: '2031-03-04T14:00',
    recordId: '001Sx0000000001IAA',
    people: 'Maria Olsen',
    invitees: 'Li Wei',
  },
  async run(input, { salesforce, now }) {
    const { subject, location, description } = input;
    const clock = { now, timeZone: salesforce.timeZone };
    const recordId =
      input.recordId === undefined ? undefined : await recordNamed(salesforce, input.recordId, { input: 'recordId' });
    const isPerson = recordId !== undefined && isPersonId(recordId);
    const [time, ownerId, others, invited] = await Promise.all([
      meetingTime(input, clock),
      input.owner === undefined ? askerOrNobody(salesforce) : ownerOf(salesforce, 'Event', input.owner),
      input.people === undefined ? [] : peopleCalled(salesforce, 'Event', input.people, 'people'),
      input.invitees === undefined ? [] : inviteesCalled(salesforce, input.invitees),
    ]);
    const people = [...new Set([...(isPerson ? [recordId] : []), ...others])];
    const activityId = await salesforce
      .create('Event', {
        Subject: subject,
        ...time.values,
        ...(description && { Description: description }),
        ...(location && { Location: location }),
        ...(ownerId && { OwnerId: ownerId }),
        ...(!isPerson && recordId && { WhatId: recordId }),
        ...withPeople('Event', people, 'people'),
      })
      .catch((error: unknown) => Promise.reject(explainedPeople(error, 'Event', 'people', recordId)));
    // Whom it is with, and whose it is, is in it already.
    const invitees = await inviteTo(
      salesforce,
      activityId,
      invited.filter(({ id }) => id !== ownerId && !people.includes(id)),
    );
    const statement = soql`SELECT ${names(...meeting.fields)} FROM Event WHERE Id = ${activityId}`;
    const written = await salesforce.readBack(statement, record => meeting.read(record, salesforce));
    const notes = [
      ...(people.length + invitees.length > 0 ? [notSent] : []),
      ...(people.length > 1 ? [`It is with ${people.length} people, of whom "with" is the first.`] : []),
      ...(written ? [] : [notReadBack.note]),
    ];
    return {
      activityId,
      subject,
      ...time.shown,
      ...written,
      ...(invitees.length > 0 && { invitees }),
      ...(notes.length > 0 && { note: notes.join(' ') }),
      url: salesforce.recordUrl('Event', activityId),
    };
  },
});
