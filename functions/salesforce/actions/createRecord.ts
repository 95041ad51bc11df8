import * as z from 'zod';
import { allowDuplicate, fieldsText, objectType, timesInUtc } from '../api/inputs.ts';
import { createRecord, writtenRecord } from '../api/writeRecord.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'createRecord',
  toolset: 'salesforce',
  core: true,
  access: 'write',
  effect: 'adds',
  idempotent: false,
  title: 'Create a record',
  description:
    'Creates one Salesforce record of any object and returns what it has, in the name of the Salesforce user that this service runs as, who owns it unless Owner is given. When a field is wrong, nothing is created. ' +
    'Use it for a new account, contact, lead, opportunity, case or other record; describeObject lists fields. ' +
    'To log a call, an e-mail or a meeting use logActivity.',
  input: z.object({ objectType, fields: fieldsText, allowDuplicate }),
  output: writtenRecord,
  example: { objectType: 'Account', fields: '{"Name":"Relecloud","Industry":"Technology","BillingCity":"Lyon"}' },
  run: (input, { salesforce }) => createRecord(salesforce, input, timesInUtc),
});
