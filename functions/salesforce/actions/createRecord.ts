import * as z from 'zod';
import { fieldTimes } from '../../../shared/time/inputs.ts';
import { allowDuplicate, fieldsText, objectType } from '../api/inputs.ts';
import { createRecord, writtenRecord } from '../api/writeRecord.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'createRecord',
  toolset: 'salesforce',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  needs: uses(),
  title: 'Create a record',
  description:
    "Creates one Salesforce record of any object as this service's Salesforce user; who asks, where known, owns it unless Owner is given. " +
    'Use it for a new account, contact, case or any other record; describeObject lists fields. ' +
    'To log a call, an e-mail or a meeting use logActivity.',
  input: z.object({ objectType, fields: fieldsText, allowDuplicate }),
  output: writtenRecord,
  example: { objectType: 'Account', fields: '{"Name":"Relecloud","Industry":"Technology","BillingCity":"Lyon"}' },
  run: (input, { salesforce, now }) =>
    createRecord(salesforce, input, fieldTimes({ now, timeZone: salesforce.timeZone })),
});
