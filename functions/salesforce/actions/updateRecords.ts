import * as z from 'zod';
import { anyFiltersObject } from '../../../shared/filter/filtersObject.ts';
import { LIST_TEXT } from '../../../shared/schema/textLimit.ts';
import { fieldTimes } from '../../../shared/time/inputs.ts';
import { allowDuplicate, changedFieldsText, objectType, recordTexts } from '../api/inputs.ts';
import { recordsNamed } from '../api/recordNamed.ts';
import {
  lookAtUpdates,
  MAX_CHANGED,
  planRecordUpdates,
  recordFilters,
  recordUpdateData,
  updatePlanned,
} from '../api/recordUpdates.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.plannedAction({
  name: 'updateRecords',
  toolset: 'salesforce-data',
  effect: 'changes',
  idempotent: true,
  needs: uses(),
  title: 'Update several records',
  description:
    "Changes up to 200 Salesforce records of one object alike, as this service's Salesforce user, or shares them out among owners. " +
    'Use it for several: its first call only shows what would change in each, and the call with its confirmationToken does it. For one use updateRecord.',
  input: z.object({
    objectType,
    recordIds: recordTexts(MAX_CHANGED)
      .optional()
      .describe('The records by ID or exact name, cases by number, separated by commas.'),
    filters: anyFiltersObject(recordFilters, '{"owner": "Ana Ruiz", "openOnly": true}', 5)
      .optional()
      .describe(
        'In place of recordIds, which records: filters as in findOpportunities, a JSON object such as {"name": "Expo", "account": "Contoso", "owner": "Ana Ruiz", "openOnly": true, "unchangedFor": "7d", "missing": "Next Step", "where": {"Type": "New"}}, or a list of such objects for those that meet any of them. Owner none: those of queues.',
      ),
    fields: changedFieldsText.optional(),
    owner: z.string().trim().min(1).max(LIST_TEXT).optional().meta({
      description:
        'The new owner: a name, an e-mail address, or me. Several, separated by commas, get the records in turn.',
      mayMatchSeveral: true,
    }),
    allowDuplicate,
  }),
  data: recordUpdateData,
  // Several people are looked up, in the filters and among the owners.
  requests: 120,
  example: { objectType: 'Opportunity', filters: '{"account":"Contoso","openOnly":true}', owner: 'Ana Ruiz' },
  async plan({ objectType, recordIds: texts, filters, fields, owner, allowDuplicate = false }, { salesforce, now }) {
    const recordIds = texts && (await recordsNamed(salesforce, texts, { input: 'recordIds', objectType }));
    return planRecordUpdates(
      { objectType, recordIds, filters, fields, owner, allowDuplicate },
      { salesforce, now, times: fieldTimes({ now, timeZone: salesforce.timeZone }) },
    );
  },
  batches: { looked: MAX_CHANGED, size: MAX_CHANGED, atOnce: 1 },
  look: (items, { salesforce }) => lookAtUpdates(salesforce, items),
  performAll: (items, { salesforce }) => updatePlanned(salesforce, items),
});
