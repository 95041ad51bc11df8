import * as z from 'zod';
import { deletePlanned, deletionData, lookAtDeletions, planDeletion } from '../api/deletion.ts';
import { objectTypeOfId, recordForms, recordText } from '../api/inputs.ts';
import { recordNamed } from '../api/recordNamed.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.plannedAction({
  name: 'deleteRecord',
  toolset: 'salesforce-data',
  effect: 'removes',
  idempotent: true,
  needs: uses(),
  title: 'Delete a record',
  description:
    "Puts one Salesforce record into the recycle bin with all that belongs to it, as this service's Salesforce user. " +
    'Use it when the user wants it gone: its first call only counts what would go, and the call with its confirmationToken does it. To bring it back use undeleteRecord; for duplicates mergeRecords.',
  input: z.object({
    objectType: objectTypeOfId,
    recordId: recordText.describe(`The record ${recordForms}.`),
  }),
  data: deletionData,
  // What goes with a record is counted five objects at a time.
  requests: 60,
  example: { recordId: '00TSx0000000001MAA' },
  async plan({ objectType, recordId }, { salesforce }) {
    const id = await recordNamed(salesforce, recordId, { input: 'recordId', objectType });
    return planDeletion(salesforce, { objectType, recordId: id });
  },
  batches: { looked: 1, size: 1, atOnce: 1 },
  look: (items, { salesforce }) => lookAtDeletions(salesforce, items),
  performAll: (items, { salesforce }) => deletePlanned(salesforce, items),
});
