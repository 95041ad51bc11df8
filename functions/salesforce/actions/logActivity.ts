import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { id, link } from '../../../shared/schema/meaning.ts';
import { dayText, isAhead, resolveDay } from '../../../shared/time/inputs.ts';
import { explainedPeople, isPersonId, peopleCalled, withPeople } from '../api/activityPeople.ts';
import { remindAtText, reminder } from '../api/activityTimes.ts';
import { choices } from '../api/filter/recordFilter.ts';
import { oneLine, recordForms, recordText, searchText, writtenText } from '../api/inputs.ts';
import { askerOrNobody } from '../api/owners.ts';
import { notReadBack } from '../api/readRecord.ts';
import { recordNamed } from '../api/recordNamed.ts';
import { field, recordShape } from '../api/recordShape.ts';
import { ownerOf } from '../api/references.ts';
import { names, soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

/** Subtypes of Task. There is none for a meeting, so the subject says it. */
const subtypes: Readonly<Record<string, string>> = { call: 'Call', email: 'Email' };

/** A time of day in a text: `9:00`, `9am`, `T09`. */
const withTime = /\d:\d\d|\d ?[ap]m\b|\dT\d/i;

const activity = recordShape('Task', {
  subject: field.heading('Subject', 'The subject.'),
  status: field.text('Status', 'Completed, or Not Started for a task to do.'),
  date: field.text('ActivityDate', 'When it took place or is due.'),
  relatedTo: field.text('What.Name', 'The record that it belongs to.'),
  with: field.text('Who.Name', 'The contact or lead that it was with.'),
  owner: field.text('Owner.Name', 'The owner.'),
});

export default salesforce.action({
  name: 'logActivity',
  formerly: { inputs: { contactId: 'people' } },
  toolset: 'salesforce',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: uses('create Task'),
  title: 'Log an activity',
  description:
    "Logs a call, an e-mail, a meeting or a task on any Salesforce record, as this service's Salesforce user; it belongs to owner, else to who asks where that is known. " +
    'Use it for what took place, or with dueDate for a task to do. For an appointment use scheduleMeeting.',
  input: z.object({
    recordId: recordText.describe(`The record that it belongs to, ${recordForms}.`),
    subject: oneLine(255).describe('The subject, in a few words.'),
    description: writtenText().optional().describe('What was said or agreed, as plain text.'),
    activityType: z.enum(['call', 'email', 'meeting', 'task']).default('task').describe('The kind of activity.'),
    people: choices.optional().meta({
      description: 'Contacts, or a lead, it is with besides, by name or ID, separated by commas.',
      mayMatchSeveral: true,
    }),
    owner: searchText.optional().meta({
      description: 'Whose it is: a name, an e-mail address, me, or a queue.',
      mayMatchSeveral: true,
    }),
    date: dayText.optional().describe('The day on which it took place, such as 2026-11-15. The default is today.'),
    dueDate: dayText.optional().describe('The due date of a task to do. Leave it out for a completed activity.'),
    remindAt: remindAtText.optional().describe('When to remind the owner of a task to do; of a day alone at 8:00.'),
  }),
  output: z.object({
    activityId: id('The ID of the activity.'),
    ...activity.output.required({ subject: true, status: true, date: true }).shape,
    remindAt: z.string().optional().describe("When the owner is reminded, by the asking user's clock."),
    note: z.string().optional().describe('What to tell the user besides.'),
    url: link('The address of the activity in Salesforce.'),
  }),
  // Each name is looked up among contacts and leads, exactly and then in part.
  requests: 60,
  example: { recordId: '001Sx0000000001IAA', subject: 'Call about the renewal', activityType: 'call' },
  async run(input, { salesforce, now }) {
    const recordId = await recordNamed(salesforce, input.recordId, { input: 'recordId' });
    const isPerson = isPersonId(recordId);
    const done = input.dueDate === undefined;
    const refused = (field: string, message: string) => invalidInput([{ field, message }]);
    if (input.date && input.dueDate) {
      throw refused('date', 'date is for a completed activity and dueDate for a task to do: leave one of them out.');
    }
    if (input.remindAt && done) throw refused('remindAt', 'Only a task to do has a reminder: give its dueDate.');
    const clock = { now, timeZone: salesforce.timeZone };
    const [ownerId, others, date, reminded] = await Promise.all([
      input.owner === undefined ? askerOrNobody(salesforce) : ownerOf(salesforce, 'Task', input.owner),
      input.people === undefined ? [] : peopleCalled(salesforce, 'Task', input.people, 'people'),
      resolveDay(
        input.dueDate ?? input.date ?? 'today',
        done ? { ...clock, named: 'past' } : clock,
        done ? 'date' : 'dueDate',
      ),
      input.remindAt === undefined ? undefined : reminder(input.remindAt, clock),
    ]);
    if (done && input.date && (await isAhead(date, clock))) {
      const message = `What takes place on ${date} is not done yet. For a task to do give dueDate in place of date; for an appointment use scheduleMeeting.`;
      throw refused('date', message);
    }
    const people = [...new Set([...(isPerson ? [recordId] : []), ...others])];
    const subject = input.activityType === 'meeting' ? `Meeting: ${input.subject}`.slice(0, 255) : input.subject;
    const status = done ? 'Completed' : 'Not Started';
    const subtype = subtypes[input.activityType];
    const activityId = await salesforce
      .create('Task', {
        Subject: subject,
        ...(input.description && { Description: input.description }),
        ...(subtype && { TaskSubtype: subtype }),
        Status: status,
        ActivityDate: date,
        ...(ownerId && { OwnerId: ownerId }),
        ...(!isPerson && { WhatId: recordId }),
        ...withPeople('Task', people, 'people'),
        ...reminded?.values,
      })
      .catch((error: unknown) => Promise.reject(explainedPeople(error, 'Task', 'people', recordId)));
    const statement = soql`SELECT ${names(...activity.fields)} FROM Task WHERE Id = ${activityId}`;
    const written = await salesforce.readBack(statement, record => activity.read(record, salesforce));
    const notes = [
      ...(withTime.test(input.dueDate ?? input.date ?? '')
        ? [`Only the day, ${date}, is kept: a task has no time.`]
        : []),
      ...(people.length > 1 ? [`It is with ${people.length} people, of whom "with" is the first.`] : []),
      ...(written ? [] : [notReadBack.note]),
    ];
    return {
      activityId,
      ...written,
      subject: written?.subject ?? subject,
      status: written?.status ?? status,
      date: written?.date ?? date,
      ...(reminded && { remindAt: reminded.shown }),
      ...(notes.length > 0 && { note: notes.join(' ') }),
      url: salesforce.recordUrl('Task', activityId),
    };
  },
});
