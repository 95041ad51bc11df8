import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { heading, id, link } from '../../../shared/schema/meaning.ts';
import { detailsOf, detailsStatement, needsOrgCurrency } from './recordDetails.ts';
import type { Salesforce } from './salesforce.ts';
import type { ObjectDescription, SalesforceRecord } from './wire.ts';

/** The output of an action that returns one record. */
export const recordOutput = {
  objectType: z.string().describe('The API name of the object.'),
  recordId: id('The ID of the record.'),
  name: heading('The name of the record.'),
  url: link('Where to open the record.'),
  fields: z
    .array(
      z.object({
        label: heading('The label of the field.'),
        value: z.string().describe('The value of the field, as text.'),
      }),
    )
    .describe('The filled fields, the most important first, at most 40.'),
};

/** Reads one record. It costs one request, and one more when the object's description is not cached. */
export async function readRecord(salesforce: Salesforce, objectType: string, recordId: string) {
  const object = await salesforce.describe(objectType);
  const [[record], { sole }] = await Promise.all([
    salesforce.query(detailsStatement(object, recordId)),
    needsOrgCurrency(object) ? salesforce.currencies() : { sole: undefined },
  ]);
  if (record) return { ...placeOf(salesforce, object, recordId, record), ...detailsOf(object, record, sole) };
  throw new Failure(
    'not_found',
    `There is no ${object.label} ${recordId} that this service may see. Find it by name, or check objectType.`,
  );
}

/** Tells that a write was made of which nothing more is known. */
export const notReadBack = {
  note: 'The change was made, but the record could not be read afterwards. Use getRecord to see it.',
};

function placeOf(salesforce: Salesforce, object: ObjectDescription, givenId: string, record?: SalesforceRecord) {
  const recordId = typeof record?.Id === 'string' ? record.Id : givenId;
  return { objectType: object.name, recordId, url: salesforce.recordUrl(object.name, recordId) };
}
