import * as z from 'zod';
import { nameList } from '../../../shared/filter/nameList.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { choices } from '../api/filter/recordFilter.ts';
import { objectTypeOfId, recordForms, recordText } from '../api/inputs.ts';
import { objectOf } from '../api/readRecord.ts';
import { readHistory } from '../api/recordHistory.ts';
import { recordNamed } from '../api/recordNamed.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'getRecordHistory',
  toolset: 'salesforce',
  access: 'read',
  needs: uses(),
  title: 'Get the history of a record',
  description:
    'Lists who changed which field of a Salesforce record, from what to what and when, the latest first: stage, owner, amount, status. ' +
    'Use it for when something changed or who did it. For the record as it is now use getRecord.',
  input: z.object({
    objectType: objectTypeOfId,
    recordId: recordText.describe(`The record ${recordForms}.`),
    field: choices.optional().describe('Only changes of these fields by label, separated by commas: Stage,Owner.'),
  }),
  output: z.object({
    summary: summary('One sentence that says how much is known of the history.'),
    objectType: z.string().describe('The API name of the object.'),
    recordId: id('The ID of the record.'),
    name: heading('The name of the record.').optional(),
    url: link('Where to open the record.'),
    history: z
      .array(
        z.object({
          at: z.string().describe("When it was saved, by the asking user's clock."),
          by: z.string().optional().describe('Who saved it.'),
          changes: z
            .array(
              z.object({
                field: heading('The label of the field.'),
                from: z.string().optional().describe('The value before, where there was one.'),
                to: z.string().optional().describe('The value after, where there is one.'),
                note: z.string().optional().describe('Why no values are told.'),
              }),
            )
            .describe('What was changed.'),
        }),
      )
      .describe('What was changed, the latest first.'),
  }),
  // Names of what lookups led to are asked for, and under a policy each object that is reached is described once.
  requests: 60,
  example: { recordId: '006Sx0000000001IAA', field: 'Stage,Owner' },
  paged: true,
  async run({ objectType, recordId: text, field }, { salesforce, page }) {
    const recordId = await recordNamed(salesforce, text, { input: 'recordId', objectType });
    const object = await salesforce.describe(objectType ?? (await objectOf(salesforce, recordId)));
    return readHistory(salesforce, page, { object, recordId, labels: nameList(field ?? '') });
  },
});
