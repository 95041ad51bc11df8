import * as z from 'zod';
import { fieldTimes } from '../../../shared/time/inputs.ts';
import { allowDuplicate, fieldsText, objectType } from '../api/inputs.ts';
import { newRecords } from '../api/newRecordList.ts';
import { createPlanned, lookAtNewRecords, newRecordData, planNewRecords, sharedFields } from '../api/newRecords.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.plannedAction({
  name: 'createRecords',
  toolset: 'salesforce-data',
  effect: 'adds',
  idempotent: false,
  needs: uses(),
  title: 'Create several records',
  description:
    "Creates up to 200 Salesforce records of one object as this service's Salesforce user; who asks, where known, owns them unless Owner is given. " +
    'Use it for several: its first call only shows what would be created, and the call with its confirmationToken creates it. For one use createRecord.',
  input: z.object({
    objectType,
    records: newRecords.describe(
      'The records: a JSON array as a string, with fields by API name or label, such as [{"LastName":"Reed","Account":"Contoso"},{"LastName":"Olsen"}]. Lookups take an ID or a name.',
    ),
    fields: fieldsText
      .optional()
      .describe('Fields of all records that do not give them: a JSON object as a string, such as {"Owner":"me"}.'),
    allowDuplicate,
    repeat: z.boolean().optional().meta({
      description: 'True to create once more what was created with the same values within the last hour.',
      advanced: true,
    }),
  }),
  data: newRecordData,
  // A list may name many records and people, and each name that means none is looked into.
  requests: 120,
  example: {
    objectType: 'Contact',
    records: '[{"FirstName":"Tom","LastName":"Reed","Title":"Head of IT"},{"FirstName":"Eve","LastName":"Park"}]',
    fields: '{"Account":"Contoso"}',
  },
  plan: ({ objectType, records, fields, allowDuplicate = false, repeat = false }, { salesforce, now }) =>
    planNewRecords(
      salesforce,
      {
        objectType,
        records,
        defaults: fields === undefined ? {} : sharedFields(fields),
        allowDuplicate,
        repeat,
      },
      { now, times: fieldTimes({ now, timeZone: salesforce.timeZone }) },
    ),
  batches: { looked: 200, size: 200, atOnce: 1 },
  look: (items, { salesforce }, known) => lookAtNewRecords(salesforce, items, known),
  performAll: (items, { salesforce }) => createPlanned(salesforce, items),
});
