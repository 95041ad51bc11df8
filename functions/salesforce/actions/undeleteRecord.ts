import * as z from 'zod';
import { objectTypeOfId, recordId, searchText } from '../api/inputs.ts';
import { undelete } from '../api/undeletion.ts';
import { writtenRecord } from '../api/writeRecord.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'undeleteRecord',
  toolset: 'salesforce-data',
  access: 'write',
  effect: 'changes',
  idempotent: true,
  needs: uses(),
  title: 'Bring back a deleted record',
  description:
    "Takes one Salesforce record out of the recycle bin with what was deleted with it, as this service's Salesforce user. " +
    'Use it for what was deleted by mistake within 15 days, by deleteRecord or by people, by its ID, or by its object and name. What was merged does not come back.',
  input: z.object({
    recordId: recordId.optional().describe('The ID of the deleted record.'),
    objectType: objectTypeOfId.describe('The API name of the object, such as Account; needed with name.'),
    name: searchText
      .optional()
      .meta({ description: 'In place of recordId: what it is called.', mayMatchSeveral: true }),
  }),
  output: writtenRecord.omit({ changes: true }),
  example: { objectType: 'Account', name: 'Wingtip Toys' },
  run: (input, { salesforce }) => undelete(salesforce, input),
});
