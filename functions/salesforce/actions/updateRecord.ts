import * as z from 'zod';
import { fieldTimes } from '../../../shared/time/inputs.ts';
import { allowDuplicate, changedFieldsText, objectTypeOfId, recordForms, recordText } from '../api/inputs.ts';
import { recordNamed } from '../api/recordNamed.ts';
import { updateRecord, writtenRecord } from '../api/writeRecord.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'updateRecord',
  toolset: 'salesforce',
  core: true,
  access: 'write',
  effect: 'changes',
  // A text that is appended twice is there twice.
  idempotent: false,
  needs: uses(),
  title: 'Update a record',
  description:
    'Changes fields of one Salesforce record and returns each with its value before and now; other fields keep theirs. When a field is wrong, nothing is changed. ' +
    'Use it to change a known record, such as its stage or owner; describeObject lists fields; to escalate a case set Status and Escalated. ' +
    'For a new record use createRecord.',
  input: z.object({
    objectType: objectTypeOfId,
    recordId: recordText.describe(`The record ${recordForms}.`),
    fields: changedFieldsText,
    allowDuplicate,
  }),
  output: writtenRecord,
  example: {
    recordId: '006Sx0000000001IAA',
    fields: '{"NextStep":"Call the buyer on Monday"}',
  },
  async run({ recordId: text, ...input }, { salesforce, now }) {
    const recordId = await recordNamed(salesforce, text, { input: 'recordId', objectType: input.objectType });
    return updateRecord(salesforce, { ...input, recordId }, fieldTimes({ now, timeZone: salesforce.timeZone }));
  },
});
