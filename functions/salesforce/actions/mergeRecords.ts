import * as z from 'zod';
import { recordForms, recordText, recordTexts } from '../api/inputs.ts';
import { objectOf } from '../api/readRecord.ts';
import { lookAtMerges, mergeData, mergePlanned, planMerge } from '../api/recordMerge.ts';
import { recordNamed, recordsNamed } from '../api/recordNamed.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.plannedAction({
  name: 'mergeRecords',
  toolset: 'salesforce-data',
  effect: 'removes',
  idempotent: false,
  needs: uses(),
  title: 'Merge duplicate records',
  description:
    'Merges one or two duplicates into the account, contact, lead or case of Salesforce that stays; it cannot be undone. ' +
    'Use it for duplicates that were found, with findAccounts or another find action: its first call only shows which values would be lost and what would move; confirm with its confirmationToken.',
  input: z.object({
    recordId: recordText.describe(`The record that stays, with its values, ${recordForms}.`),
    duplicateIds: recordTexts(2).describe('The duplicate, or two, separated by a comma, in the same way.'),
  }),
  data: mergeData,
  // What moves with a record is counted five objects at a time.
  requests: 80,
  example: { recordId: '001Sx0000000001IAA', duplicateIds: '001Sx0000000002IAA' },
  async plan({ recordId: text, duplicateIds: texts }, { salesforce }) {
    const recordId = await recordNamed(salesforce, text, { input: 'recordId' });
    const objectType = await objectOf(salesforce, recordId);
    const duplicateIds = await recordsNamed(salesforce, texts, { input: 'duplicateIds', objectType });
    return planMerge(salesforce, { recordId, duplicateIds });
  },
  batches: { looked: 1, size: 1, atOnce: 1 },
  look: (items, { salesforce }, known) => lookAtMerges(salesforce, items, known),
  performAll: (items, { salesforce }) => mergePlanned(salesforce, items),
});
