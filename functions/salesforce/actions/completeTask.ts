import * as z from 'zod';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { id } from '../../../shared/schema/meaning.ts';
import { dayText, fieldTimes, resolveDay } from '../../../shared/time/inputs.ts';
import { oneLine, recordId, recordIdOf, searchText, writtenText } from '../api/inputs.ts';
import { completedStatus, openTask } from '../api/openTask.ts';
import { updateRecord, writtenRecord } from '../api/writeRecord.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'completeTask',
  toolset: 'salesforce',
  access: 'write',
  effect: 'changes',
  // A comment is appended, and the next task is a new one.
  idempotent: false,
  needs: uses('create Task'),
  title: 'Complete a task',
  description:
    "Completes an open Salesforce task, as this service's Salesforce user. " +
    'Use it when a task is done, with a comment or the next task where there is one. To log what has no task yet use logActivity, and for other changes updateRecord.',
  input: z.object({
    taskId: recordIdOf('a task', '00T').optional().describe('The ID of the task, which findActivities returns.'),
    subject: searchText.optional().describe('Its subject, or a part of it, where the ID is not known.'),
    recordId: recordId
      .optional()
      .describe('The ID of the record that it belongs to: an account, a contact, a case and so on.'),
    owner: searchText.optional().meta({
      description: 'Whose task it is: a name or an e-mail address. Unless given, that of the user who asks.',
      mayMatchSeveral: true,
    }),
    comment: writtenText().optional().describe('What came of it, as plain text.'),
    nextSubject: oneLine(255).optional().describe('The subject of the next task, with the same record and owner.'),
    nextDueDate: dayText.optional().describe('The due date of the next task.'),
  }),
  output: z.object({
    ...writtenRecord.shape,
    owner: z.string().optional().describe('Whose task it was.'),
    nextTaskId: id('The ID of the next task.').optional(),
    nextDueDate: z.string().optional().describe('Its due date.'),
  }),
  requests: 60,
  example: { subject: 'Send the revised quote', recordId: '001Sx0000000001IAA', owner: 'Li Wei' },
  async run({ taskId, subject, recordId, owner, comment, nextSubject, nextDueDate }, { salesforce, now }) {
    if (nextDueDate && !nextSubject) {
      throw invalidInput([{ field: 'nextDueDate', message: 'Give nextSubject, too.' }]);
    }
    const clock = { now, timeZone: salesforce.timeZone };
    const [task, status, nextDay] = await Promise.all([
      openTask(salesforce, { taskId, subject, recordId, owner }),
      completedStatus(salesforce),
      nextDueDate && resolveDay(nextDueDate, clock, 'nextDueDate'),
    ]);
    const fields = JSON.stringify({ Status: status, ...(comment && { Description: { append: comment } }) });
    const updated = await updateRecord(
      salesforce,
      { objectType: 'Task', recordId: task.taskId, fields },
      fieldTimes(clock),
    );
    const written = { ...updated, ...(task.owner && { owner: task.owner }) };
    if (!nextSubject) return written;
    try {
      const nextTaskId = await salesforce.create('Task', {
        Subject: nextSubject,
        ...(nextDay && { ActivityDate: nextDay }),
        ...(task.ownerId && { OwnerId: task.ownerId }),
        ...(task.whatId && { WhatId: task.whatId }),
        ...(task.whoId && { WhoId: task.whoId }),
      });
      return { ...written, nextTaskId, ...(nextDay && { nextDueDate: nextDay }) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // The task is completed, so that a failure of the whole would be untrue.
      const note = `The task was completed, but whether the next one was made is not certain or it was refused: ${error.message}`;
      return { ...written, note: [written.note, note].filter(Boolean).join(' ') };
    }
  },
});
