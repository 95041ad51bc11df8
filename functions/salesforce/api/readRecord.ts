import * as z from 'zod';
import { Failure } from '../../../shared/failure.ts';
import { heading, id, link } from '../../../shared/schema/meaning.ts';
import { isClosedHere } from './answerFailure.ts';
import { findingActions } from './findingActions.ts';
import { detailsOf, detailsStatement, hasRichText, needsOrgCurrency, shownLookups } from './recordDetails.ts';
import { objectOfId } from './recordId.ts';
import type { Salesforce } from './salesforce.ts';
import { meetsHiddenField } from './visibleFields.ts';
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

/**
 * Reads one record, of the object that its ID tells where none is given. It costs one request, and one more when the
 * object's description is not cached.
 * @throws Failure `not_found`
 */
export async function readRecord(salesforce: Salesforce, objectType: string | undefined, recordId: string) {
  const object = await salesforce.describe(objectType ?? (await objectOf(salesforce, recordId)));
  const [{ record, notShown }, { sole }, richText] = await Promise.all([
    readVisible(salesforce, object, recordId),
    needsOrgCurrency(object) ? salesforce.currencies() : { sole: undefined },
    hasRichText(object) ? import('./richText.ts').then(({ htmlToMarkdown }) => htmlToMarkdown) : undefined,
  ]);
  if (record) {
    return {
      ...placeOf(salesforce, object, recordId, record),
      ...detailsOf(object, record, { orgCurrency: sole, richText }),
      ...(notShown.length > 0 && { notShown }),
    };
  }
  const own = objectType === undefined ? object.name : await objectOf(salesforce, recordId).catch(() => object.name);
  const hint =
    own.toLowerCase() === object.name.toLowerCase()
      ? `It does not exist, was deleted, or is not shared with the Salesforce user of this service. Find it by name, with ${findingActions([object.name])}.`
      : `The ID is one of ${own}: leave objectType out.`;
  throw new Failure('not_found', `There is no ${object.label} ${recordId} that this service may see. ${hint}`);
}

/** The object that a record is of. @throws Failure `not_found` where no object that is open has IDs that begin like it */
export async function objectOf(salesforce: Salesforce, recordId: string): Promise<string> {
  return objectOfId(recordId) ?? openObjectOf(salesforce, recordId);
}

/** The same where what is told of the record must not tell whether it is closed or not there. It may cost a request. */
export async function openObjectOf(salesforce: Salesforce, recordId: string): Promise<string> {
  const prefix = recordId.slice(0, 3);
  const found = (await salesforce.describeAll()).find(({ keyPrefix }) => keyPrefix === prefix);
  if (found) return found.name;
  throw new Failure(
    'not_found',
    `The ID is of no object of Salesforce that this service may see: none has IDs that begin with ${prefix}. Check the ID, or find the record by name.`,
  );
}

/** A user who may not follow a lookup is refused the whole statement, so the record is read without them. */
async function readVisible(salesforce: Salesforce, object: ObjectDescription, recordId: string) {
  try {
    const [record] = await salesforce.query(detailsStatement(object, recordId));
    return { record, notShown: [] };
  } catch (error) {
    if (!meetsHiddenField(error)) throw error;
    const [record] = await salesforce.query(detailsStatement(object, recordId, { withoutLookups: true }));
    return { record, notShown: isClosedHere(error) ? [] : shownLookups(object) };
  }
}

/** Tells that a write was made of which nothing more is known. */
export const notReadBack = {
  note: 'The change was made, but the record could not be read afterwards. Use getRecord to see it.',
};

function placeOf(salesforce: Salesforce, object: ObjectDescription, givenId: string, record?: SalesforceRecord) {
  const recordId = typeof record?.Id === 'string' ? record.Id : givenId;
  return { objectType: object.name, recordId, url: salesforce.recordUrl(object.name, recordId) };
}
