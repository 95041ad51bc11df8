import type { Connection } from 'jsforce/lib/connection.js';
import { Failure } from '../../../shared/failure.ts';
import { isClosedHere, isHidden } from './answerFailure.ts';
import { layoutSchema, layoutsSchema, picklistValuesSchema } from './layoutWire.ts';
import { read } from './wire.ts';

/** What a record type makes of an object. */
export interface RecordTypeDetails {
  /** The values that its picklists offer, by the API names of the fields; undefined where Salesforce does not tell. */
  values: ReadonlyMap<string, readonly string[]> | undefined;
  /** The API names of the fields in each place of its page that people must fill in; undefined where Salesforce does not tell. */
  demanded: readonly (readonly string[])[] | undefined;
}

/**
 * What a record type offers and demands, in two requests where the user interface's API has the object, else in four.
 * https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_resources_picklist_values_collection.htm and
 * https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_resources_record_layout.htm
 */
export async function recordTypeDetails(
  connection: Pick<Connection, 'request'>,
  objectType: string,
  recordTypeId: string,
): Promise<RecordTypeDetails> {
  const ask = (path: string) => connection.request<unknown>(path);
  const layouts = `/sobjects/${objectType}/describe/layouts`;
  const [values, demanded] = await Promise.all([
    firstTold([
      async () => offered(await ask(`/ui-api/object-info/${objectType}/picklist-values/${recordTypeId}`)),
      async () => offeredBy(await ask(layouts), recordTypeId),
    ]),
    firstTold([
      async () =>
        demandedOn(await ask(`/ui-api/layout/${objectType}?layoutType=Full&mode=Create&recordTypeId=${recordTypeId}`)),
      async () => demandedOn(await ask(`${layouts}/${recordTypeId}`)),
    ]),
  ]);
  return { values, demanded };
}

/** The first answer that tells something. What Salesforce has not of this object, or hides from the user, tells nothing. */
async function firstTold<Told>(ways: readonly (() => Promise<Told | undefined>)[]): Promise<Told | undefined> {
  for (const way of ways) {
    try {
      const told = await way();
      if (told !== undefined) return told;
    } catch (error) {
      if (!(error instanceof Failure) || isClosedHere(error)) throw error;
      if (error.code !== 'not_found' && error.code !== 'forbidden' && !isHidden(error)) throw error;
    }
  }
  return undefined;
}

function offered(answer: unknown): RecordTypeDetails['values'] {
  const { picklistFieldValues } = read(picklistValuesSchema, answer);
  return new Map(
    Object.entries(picklistFieldValues).map(([field, { values }]) => [field, values.map(({ value }) => value)]),
  );
}

function offeredBy(answer: unknown, recordTypeId: string): RecordTypeDetails['values'] {
  const { recordTypeMappings } = read(layoutsSchema, answer);
  const own = recordTypeMappings.find(mapping => mapping.recordTypeId === recordTypeId);
  if (!own || own.picklistsForRecordType.length === 0) return undefined;
  return new Map(
    own.picklistsForRecordType.map(({ picklistName, picklistValues }) => [
      picklistName,
      picklistValues.filter(({ active }) => active).map(({ value }) => value),
    ]),
  );
}

function demandedOn(answer: unknown): RecordTypeDetails['demanded'] {
  const { sections, editLayoutSections } = read(layoutSchema, answer);
  const items = [...sections, ...editLayoutSections].flatMap(({ layoutRows }) =>
    layoutRows.flatMap(({ layoutItems }) => layoutItems),
  );
  return items
    .filter(({ required }) => required)
    .map(({ layoutComponents }) =>
      layoutComponents.flatMap(({ componentType, type, apiName, value }) => {
        const field = apiName ?? value;
        return (componentType ?? type) === 'Field' && field ? [field] : [];
      }),
    )
    .filter(fields => fields.length > 0);
}
