import * as z from 'zod';
import { objectTypeOfId, recordId } from '../api/inputs.ts';
import { notShown } from '../api/notShown.ts';
import { readRecord, recordOutput } from '../api/readRecord.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'getRecord',
  toolset: 'salesforce',
  core: true,
  access: 'read',
  needs: uses(),
  title: 'Get a record',
  description:
    'Returns one Salesforce record of any object, custom ones included: its filled fields by label, lookups by name, and a link. ' +
    'Use it when the ID of the record is known. ' +
    'To find the ID use searchRecords or one of the find actions; for an account with its opportunities and cases use getAccountOverview.',
  input: z.object({
    objectType: objectTypeOfId,
    recordId: recordId.describe('The ID of the record: 15 or 18 letters and digits.'),
  }),
  output: z.object({ ...recordOutput, notShown }),
  example: { recordId: '001Sx0000000001IAA' },
  run: ({ objectType, recordId }, { salesforce }) => readRecord(salesforce, objectType, recordId),
});
