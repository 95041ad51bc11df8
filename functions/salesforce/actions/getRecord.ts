import * as z from 'zod';
import { objectTypeOfId, recordForms, recordText } from '../api/inputs.ts';
import { notShown } from '../api/notShown.ts';
import { readRecord, recordOutput } from '../api/readRecord.ts';
import { objectOfId } from '../api/recordId.ts';
import { recordNamed } from '../api/recordNamed.ts';
import { contactRolesOf, contactRolesOutput } from '../api/sales/contactRoles.ts';
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
    'Use it when the record is known by its ID, number or exact name. ' +
    'To find it use searchRecords or one of the find actions; for an account with its opportunities and cases use getAccountOverview.',
  input: z.object({
    objectType: objectTypeOfId,
    recordId: recordText.describe(`The record ${recordForms}.`),
  }),
  output: z.object({ ...recordOutput, contactRoles: contactRolesOutput, notShown }),
  example: { recordId: '001Sx0000000001IAA' },
  async run({ objectType, recordId }, { salesforce }) {
    const id = await recordNamed(salesforce, recordId, { input: 'recordId', objectType });
    const [record, contactRoles] = await Promise.all([
      readRecord(salesforce, objectType, id),
      objectOfId(id) === 'Opportunity' ? contactRolesOf(salesforce, id) : undefined,
    ]);
    return { ...record, ...(contactRoles && contactRoles.length > 0 && { contactRoles }) };
  },
});
