import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { heading, id, link } from '../../../shared/action/meaning.ts';
import { Failure } from '../../../shared/failure.ts';
import { detailsOf, detailsStatement } from './recordDetails.ts';
import type { Salesforce } from './salesforce.ts';
import type { ObjectDescription, SalesforceRecord } from './wire.ts';

/** A record as an answer tells it. */
export const recordOutput = {
  objectType: z.string().describe('The API name of its object.'),
  recordId: id('The ID of the record.'),
  name: heading('What the record is called.'),
  url: link('Where to open the record.'),
  fields: z
    .array(
      z.object({
        label: heading('The label of the field.'),
        value: z.string().describe('Its value, in plain words.'),
      }),
    )
    .describe('Its fields that are filled, the telling ones first, at most 40.'),
};

/** Reads one record by what its object is made of: one request, and one more when that is not known yet. */
export async function readRecord(salesforce: Salesforce, objectType: string, recordId: string) {
  const object = await salesforce.describe(objectType);
  const [record] = await salesforce.query(detailsStatement(object, recordId));
  if (record) return { ...placeOf(salesforce, object, recordId, record), ...detailsOf(object, record) };
  throw new Failure(
    'not_found',
    `There is no ${object.label} ${recordId} that this service may see. Find it by name, or check its object.`,
  );
}

/** A record as a write's answer tells it: what cannot be read back is left out. */
export const writtenOutput = {
  ...recordOutput,
  name: recordOutput.name.optional().describe('What the record is called; left out when it could not be read back.'),
  fields: recordOutput.fields
    .optional()
    .describe('Its fields as they now are, at most 40; left out when they could not be read back after the change.'),
};

/** Reads a record after a write. */
export async function readBack(salesforce: Salesforce, object: ObjectDescription, recordId: string) {
  const record = await afterWrite(salesforce.query(detailsStatement(object, recordId)));
  return { ...placeOf(salesforce, object, recordId, record), ...(record && detailsOf(object, record)) };
}

/** A look at what was written may take this long, and no longer. */
const READ_BACK_MS = 3000;

/** The record that a look after a write finds. The write was made whatever happens now, so a failure gives just less. */
export async function afterWrite<Found>(look: Promise<Found[]>): Promise<Found | undefined> {
  const nothing: Found[] = [];
  const [record] = await Promise.race([look.catch(() => nothing), setTimeout(READ_BACK_MS, nothing, { ref: false })]);
  return record;
}

function placeOf(salesforce: Salesforce, object: ObjectDescription, givenId: string, record?: SalesforceRecord) {
  const recordId = typeof record?.Id === 'string' ? record.Id : givenId;
  return { objectType: object.name, recordId, url: salesforce.recordUrl(object.name, recordId) };
}
