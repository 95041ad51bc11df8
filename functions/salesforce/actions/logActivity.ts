import * as z from 'zod';
import { withLineBreaks } from '../../../shared/escapedTwice.ts';
import { invalidInput } from '../../../shared/failure.ts';
import { id, link } from '../../../shared/schema/meaning.ts';
import { dayText, resolveDay } from '../../../shared/time/inputs.ts';
import { recordId, recordIdOf, searchText } from '../api/inputs.ts';
import { notReadBack } from '../api/readRecord.ts';
import { isSameRecord } from '../api/recordId.ts';
import { field, recordShape } from '../api/recordShape.ts';
import { ownerOf } from '../api/references.ts';
import { names, soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

/** Subtypes of Task. There is none for a meeting, so the subject says it. */
const subtypes: Readonly<Record<string, string>> = { call: 'Call', email: 'Email' };

/** Contacts and leads go into Task.WhoId, all other records into Task.WhatId. */
const person = /^(003|00Q)/;

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
  toolset: 'salesforce',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: uses('create Task'),
  title: 'Log an activity',
  description:
    "Logs a call, an e-mail, a meeting or a task on any Salesforce record, as this service's Salesforce user, who owns it unless owner is given. " +
    'With dueDate it is a task to do, else it is completed. Use it to record what happened with a customer, or a reminder. ' +
    'To change the record use updateRecord.',
  input: z.object({
    recordId: recordId.describe('The ID of the record that it belongs to.'),
    subject: z.string().trim().min(1, 'It must not be blank.').max(255).describe('The subject, in a few words.'),
    description: z
      .string()
      .trim()
      .max(32_000)
      .transform(withLineBreaks)
      .optional()
      .describe('What was said or agreed, as plain text.'),
    activityType: z.enum(['call', 'email', 'meeting', 'task']).default('task').describe('The kind of activity.'),
    contactId: recordIdOf('a contact', '003')
      .optional()
      .describe('The ID of the contact it was with, when recordId is not a contact or lead.'),
    owner: searchText.optional().meta({
      description: 'Whose activity it is: a name, an e-mail address, me for the user who asks, or a queue.',
      mayMatchSeveral: true,
    }),
    date: dayText.optional().describe('The day on which it took place, such as 2026-11-15. The default is today.'),
    dueDate: dayText.optional().describe('The due date of a task to do. Leave it out for a completed activity.'),
  }),
  output: z.object({
    activityId: id('The ID of the activity.'),
    ...activity.output.required({ subject: true, status: true, date: true }).shape,
    url: link('The address of the activity in Salesforce.'),
  }),
  example: { recordId: '001Sx0000000001IAA', subject: 'Call about the renewal', activityType: 'call' },
  async run(input, { salesforce, now }) {
    const isPerson = person.test(input.recordId);
    if (input.date && input.dueDate) {
      const message = 'date is for a completed activity and dueDate for a task to do: leave one of them out.';
      throw invalidInput([{ field: 'date', message }]);
    }
    if (isPerson && input.contactId && !isSameRecord(input.contactId, input.recordId)) {
      const message =
        'recordId is already a contact or lead. Give the person in contactId, and the record it was about in recordId.';
      throw invalidInput([{ field: 'contactId', message }]);
    }
    const ownerId = input.owner === undefined ? undefined : await ownerOf(salesforce, 'Task', input.owner);
    const done = input.dueDate === undefined;
    const clock = { now, timeZone: salesforce.timeZone };
    const date = await resolveDay(input.dueDate ?? input.date ?? 'today', clock, done ? 'date' : 'dueDate');
    const subject = input.activityType === 'meeting' ? `Meeting: ${input.subject}`.slice(0, 255) : input.subject;
    const status = done ? 'Completed' : 'Not Started';
    const subtype = subtypes[input.activityType];
    const activityId = await salesforce.create('Task', {
      Subject: subject,
      ...(input.description && { Description: input.description }),
      ...(subtype && { TaskSubtype: subtype }),
      Status: status,
      ActivityDate: date,
      ...(ownerId && { OwnerId: ownerId }),
      [isPerson ? 'WhoId' : 'WhatId']: input.recordId,
      ...(!isPerson && input.contactId && { WhoId: input.contactId }),
    });
    const statement = soql`SELECT ${names(...activity.fields)} FROM Task WHERE Id = ${activityId}`;
    const written = await salesforce.readBack(statement, record => activity.read(record, salesforce));
    return {
      activityId,
      ...(written ?? notReadBack),
      subject: written?.subject ?? subject,
      status: written?.status ?? status,
      date: written?.date ?? date,
      url: salesforce.recordUrl('Task', activityId),
    };
  },
});
