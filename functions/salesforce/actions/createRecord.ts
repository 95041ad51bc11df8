import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { readFieldValues } from '../api/fieldValues.ts';
import { allowDuplicate, fieldsText, objectType } from '../api/inputs.ts';
import { readBack, writtenOutput } from '../api/readRecord.ts';
import { withReferences } from '../api/references.ts';
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
    'Creates one Salesforce record of any object and returns it. All fields are checked first; when one is unknown, read-only, missing or invalid, nothing is created. ' +
    'Use it for a new account, contact, lead, opportunity, case or other record; describeObject lists field names and values. ' +
    'To log a call, an e-mail or a meeting use logActivity.',
  input: z.object({ objectType, fields: fieldsText, allowDuplicate }),
  output: z.object(writtenOutput),
  example: { objectType: 'Account', fields: '{"Name":"Relecloud","Industry":"Technology","BillingCity":"Lyon"}' },
  async run({ objectType, fields, allowDuplicate }, { salesforce }) {
    const object = await salesforce.describe(objectType);
    if (!object.createable) {
      throw new Failure(
        'forbidden',
        `A record of the object ${object.label} cannot be created through this service: its Salesforce user may not, or its administrator has closed the object.`,
      );
    }
    const given = readFieldValues(fields, object, 'create');
    const values = await withReferences(salesforce, object, given);
    const recordId = await salesforce.create(object.name, values, { allowDuplicate });
    return readBack(salesforce, object, recordId, given.remarks);
  },
});
