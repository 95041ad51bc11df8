import * as z from 'zod';
import type { ApiCall } from './apiCall.ts';
import { jsonParserError, notFound, Refusal } from './errors.ts';
import type { Org } from './org.ts';
import { readRecord } from './readRecord.ts';
import { findObject, type ObjectDefinition, objects } from './schema.ts';
import type { QueryRecord } from './soql.ts';
import { deleteRecord, insertRecord, locate, updateRecord } from './writes.ts';

const bodySchema = z.object({
  allOrNone: z.boolean().default(false),
  records: z.array(z.looseObject({ attributes: z.object({ type: z.string() }) })).max(200),
});

interface SaveResult {
  id?: string;
  success: boolean;
  errors: { statusCode: string; message: string; fields: string[] }[];
}

/** `POST composite/sobjects`: up to 200 new records in one call, of any objects. */
export function insertCollection(call: ApiCall, org: Org): SaveResult[] {
  const { allOrNone, records } = parse(call.body);
  return saveAll(org, allOrNone, records, ({ attributes, ...values }) => {
    const object = findObject(attributes.type);
    if (!object) throw notFound();
    return insertRecord(org, call.viewer, object, values, { allowDuplicates: false }).Id;
  });
}

export function updateCollection(call: ApiCall, org: Org): SaveResult[] {
  const { allOrNone, records } = parse(call.body);
  return saveAll(org, allOrNone, records, ({ attributes, id, Id, ...values }) => {
    const object = findObject(attributes.type);
    if (!object) throw notFound();
    const located = locate(org, call.viewer, object, String(id ?? Id ?? ''));
    updateRecord(org, call.viewer, located, values);
    return located.row.Id;
  });
}

export function deleteCollection(call: ApiCall, org: Org): SaveResult[] {
  const ids = (call.query.get('ids') ?? '').split(',');
  return saveAll(org, call.query.get('allOrNone') === 'true', ids, id => {
    const object = objects.find(entry => entry.keyPrefix === id.slice(0, 3));
    if (!object) throw notFound();
    const located = locate(org, call.viewer, object, id);
    deleteRecord(org, call.viewer, located);
    return located.row.Id;
  });
}

const wantedSchema = z.object({ ids: z.array(z.string()), fields: z.array(z.string()).min(1) });

/** Records of one object by their ids, null for each that is not there. */
export function retrieveCollection(call: ApiCall, org: Org, object: ObjectDefinition): (QueryRecord | null)[] {
  const asked = {
    ids: call.query.get('ids')?.split(','),
    fields: call.query.get('fields')?.split(','),
  };
  const wanted = wantedSchema.safeParse(call.method === 'GET' ? asked : call.body);
  if (!wanted.success) throw jsonParserError('The request needs ids and fields');
  return wanted.data.ids.map(id => {
    try {
      return readRecord(call, locate(org, call.viewer, object, id), wanted.data.fields.join(','));
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return null;
      throw error;
    }
  });
}

function parse(body: unknown): z.infer<typeof bodySchema> {
  const parsed = bodySchema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw jsonParserError('Each record of a collection needs its attributes with the type, and there may be 200 at most');
}

function saveAll<Item>(org: Org, allOrNone: boolean, items: Item[], save: (item: Item) => string): SaveResult[] {
  let results: SaveResult[] = [];
  org.transaction(() => {
    results = items.map(item => {
      try {
        return { id: save(item), success: true, errors: [] };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { success: false, errors: error.body.map(saveError) };
      }
    });
    return !allOrNone || results.every(({ success }) => success);
  });
  if (!allOrNone || results.every(({ success }) => success)) return results;
  const rolledBack = {
    statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
    message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
    fields: [],
  };
  return results.map(result => (result.success ? { success: false, errors: [rolledBack] } : result));
}

const saveError = ({ errorCode, message, fields }: Record<string, unknown>) => ({
  statusCode: String(errorCode),
  message: String(message),
  fields: Array.isArray(fields) ? fields.map(String) : [],
});
