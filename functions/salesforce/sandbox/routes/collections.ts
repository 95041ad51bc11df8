import * as z from 'zod';
import { schemaFor } from '../access.ts';
import { jsonParserError, noSuchObject, Refusal } from '../errors.ts';
import { type ApiCall, ok, type Route, route } from '../router.ts';
import type { ObjectDefinition } from '../schema.ts';
import { insertRecord, locate, updateRecord } from '../writes.ts';
import { duplicatesOf } from './sobjects.ts';

/**
 * Writes of up to 200 records at once, each of which may fail by itself.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
 */
export const collectionRoutes: Route[] = [
  route('POST', 'composite/sobjects', call =>
    each(call, (object, values) => insertRecord(call.org, call.viewer, object, values, duplicatesOf(call)).Id),
  ),
  route('PATCH', 'composite/sobjects', call =>
    each(call, (object, { id, Id = id, ...values }) => {
      const located = locate(call.org, call.viewer, object, String(Id ?? ''));
      updateRecord(call.org, call.viewer, located, values, duplicatesOf(call));
      return located.row.Id;
    }),
  ),
];

const maxRecords = 200;

/** The part of the resource that is played: what is refused does not keep the others from being written. */
const bodySchema = z.strictObject({
  allOrNone: z.literal(false),
  records: z.array(z.looseObject({ attributes: z.looseObject({ type: z.string() }) })).min(1),
});

function each(call: ApiCall, write: (object: ObjectDefinition, values: Record<string, unknown>) => string) {
  const parsed = bodySchema.safeParse(call.body);
  if (!parsed.success) throw jsonParserError(z.prettifyError(parsed.error));
  const { records } = parsed.data;
  if (records.length > maxRecords) {
    throw new Refusal(400, {
      errorCode: 'EXCEEDED_ID_LIMIT',
      message: `record limit reached. cannot submit more than ${maxRecords} records into this call`,
    });
  }
  return ok(
    records.map(({ attributes, ...values }) => {
      const object = schemaFor(call.viewer, call.org.schema).find(attributes.type);
      try {
        if (!object) throw noSuchObject(attributes.type);
        return { id: write(object, values), success: true, errors: [] };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return {
          success: false,
          errors: error.body.map(({ errorCode, fields = [], ...others }) => ({
            statusCode: errorCode,
            fields,
            ...others,
          })),
        };
      }
    }),
  );
}
