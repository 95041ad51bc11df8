import * as z from 'zod';
import { id, link } from '../../../shared/action/meaning.ts';
import { invalidInput } from '../../../shared/failure.ts';
import { dateText, recordId, recordIdOf } from '../api/inputs.ts';
import { afterWrite } from '../api/readRecord.ts';
import { field, recordShape } from '../api/recordShape.ts';
import { names, soql } from '../api/soql.ts';
import { salesforce } from '../system.ts';

/** The subtypes of Task that tell something; a meeting is told by the subject. */
const subtypes: Readonly<Record<string, string>> = { call: 'Call', email: 'Email' };

/** People go into one lookup of a Task, everything else into the other. */
const person = /^(003|00Q)/;

const activity = recordShape('Task', {
  subject: field.heading('Subject', 'What it was about.'),
  status: field.text('Status', 'Completed, or Not Started for what is to be done.'),
  date: field.text('ActivityDate', 'When it took place or is due.'),
  relatedTo: field.text('What.Name', 'The record that it belongs to.'),
  with: field.text('Who.Name', 'The person it was with.'),
  owner: field.text('Owner.Name', 'Whose it is.'),
});

export default salesforce.action({
  name: 'logActivity',
  toolset: 'salesforce',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  title: 'Log an activity',
  description:
    'Notes a call, an e-mail, a meeting or a task on a Salesforce record: an account, contact, lead, opportunity, case or other. It is noted as done unless dueDate is given; then it is a task to do. ' +
    'Use it when the user wants to record what happened with a customer, or a reminder for later. ' +
    'To change the record itself use updateRecord.',
  input: z.object({
    recordId: recordId.describe('The ID of the record that it belongs to.'),
    subject: z
      .string()
      .trim()
      .min(1, 'It must say something.')
      .max(255, 'It must have at most 255 characters.')
      .describe('What it was about, in a few words.'),
    description: z
      .string()
      .trim()
      .max(32_000, 'It must have at most 32,000 characters.')
      .optional()
      .describe('What was said or agreed, as plain text.'),
    activityType: z.enum(['call', 'email', 'meeting', 'task']).default('task').describe('What it was.'),
    contactId: recordIdOf('a contact', '003')
      .optional()
      .describe('The ID of the contact it was with, where recordId is not a person.'),
    date: dateText.optional().describe('The day on which it took place, such as 2026-11-15. Today unless given.'),
    dueDate: dateText
      .optional()
      .describe('For something still to do: the day by which. Leave it out for what is done.'),
  }),
  output: z.object({
    activityId: id('The ID of the activity.'),
    ...activity.output.required({ subject: true, status: true, date: true }).shape,
    url: link('Where to open it.'),
  }),
  example: { recordId: '001Sx0000000001IAA', subject: 'Call about the renewal', activityType: 'call' },
  async run(input, { salesforce, now }) {
    const isPerson = person.test(input.recordId);
    if (input.date && input.dueDate) {
      const message = 'It is for what was done, and dueDate for what is to do: leave one of them out.';
      throw invalidInput([{ field: 'date', message }]);
    }
    if (isPerson && input.contactId && input.contactId !== input.recordId) {
      const message = 'recordId is a person already. Give here whom it was with, and in recordId what it was about.';
      throw invalidInput([{ field: 'contactId', message }]);
    }
    const done = input.dueDate === undefined;
    const date = input.dueDate ?? input.date ?? now.toISOString().slice(0, 10);
    const subject = input.activityType === 'meeting' ? `Meeting: ${input.subject}`.slice(0, 255) : input.subject;
    const status = done ? 'Completed' : 'Not Started';
    const subtype = subtypes[input.activityType];
    const activityId = await salesforce.create('Task', {
      Subject: subject,
      ...(input.description && { Description: input.description }),
      ...(subtype && { TaskSubtype: subtype }),
      Status: status,
      ActivityDate: date,
      [isPerson ? 'WhoId' : 'WhatId']: input.recordId,
      ...(!isPerson && input.contactId && { WhoId: input.contactId }),
    });
    const statement = soql`SELECT ${names(...activity.fields)} FROM Task WHERE Id = ${activityId}`;
    const look = salesforce.query(statement).then(records => records.map(found => activity.read(found, salesforce)));
    const written = await afterWrite(look);
    return {
      activityId,
      ...written,
      subject: written?.subject ?? subject,
      status: written?.status ?? status,
      date: written?.date ?? date,
      url: salesforce.recordUrl('Task', activityId),
    };
  },
});
