import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { readFieldValues } from '../api/fieldValues.ts';
import { allowDuplicate, fieldsText, objectType, recordId } from '../api/inputs.ts';
import { readBack, writtenOutput } from '../api/readRecord.ts';
import { withReferences } from '../api/references.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'updateRecord',
  toolset: 'salesforce',
  core: true,
  access: 'write',
  effect: 'changes',
  idempotent: true,
  title: 'Update a record',
  description:
    'Updates fields of one Salesforce record and returns the updated record; other fields keep their values. All fields are checked first; when one is unknown, read-only or invalid, nothing is changed. ' +
    'Use it to change a known record, such as the stage of an opportunity; describeObject lists field names and values. ' +
    'For a new record use createRecord.',
  input: z.object({
    objectType,
    recordId: recordId.describe('The ID of the record: 15 or 18 letters and digits.'),
    fields: fieldsText,
    allowDuplicate,
  }),
  output: z.object(writtenOutput),
  example: {
    objectType: 'Opportunity',
    recordId: '006Sx0000000001IAA',
    fields: '{"NextStep":"Call the buyer on Monday"}',
  },
  async run({ objectType, recordId, fields, allowDuplicate }, { salesforce }) {
    const object = await salesforce.describe(objectType);
    if (!object.updateable) {
      throw new Failure(
        'forbidden',
        `Records of the object ${object.label} cannot be changed through this service: its Salesforce user may not, or its administrator has closed the object.`,
      );
    }
    const given = readFieldValues(fields, object, 'update');
    const values = await withReferences(salesforce, object, given);
    await salesforce.update(object.name, recordId, values, { allowDuplicate });
    return readBack(salesforce, object, recordId, given.remarks);
  },
});
