import type { Connection } from 'jsforce/lib/connection.js';
import { Failure, lostWrite } from '../../../shared/failure.ts';
import { partFailure } from './answerFailure.ts';
import { savedManySchema } from './wire.ts';

/** What came of one record of many. */
export type SavedRecord = { id: string } | { failure: Failure };

interface Collection {
  method: 'POST' | 'PATCH';
  objectType: string;
  /** By field; a change has the ID of its record in `Id`. */
  all: readonly Record<string, unknown>[];
  headers?: Record<string, string>;
}

/**
 * Writes up to 200 records of an object, each by itself, in one request.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
 * @param naming Gives a refusal the names of the duplicates that it tells of.
 * @throws Failure that befell all of them; `upstream_timeout` where an answer does not tell what came of each
 */
export async function writeMany(
  connection: Pick<Connection, 'request'>,
  { method, objectType, all, headers }: Collection,
  naming: (write: Promise<never>) => Promise<never>,
): Promise<SavedRecord[]> {
  const answer = await connection.request({
    method,
    url: '/composite/sobjects',
    body: JSON.stringify({
      allOrNone: false,
      records: all.map(({ Id: id, ...values }) => ({
        attributes: { type: objectType },
        ...(id !== undefined && { id }),
        ...values,
      })),
    }),
    headers: { 'content-type': 'application/json', ...headers },
  });
  const { data } = savedManySchema.safeParse(answer);
  if (data?.length !== all.length) throw lostWrite('Salesforce');
  return Promise.all(
    data.map(async (saved): Promise<SavedRecord> => {
      if (saved.success) return { id: saved.id };
      const failure = partFailure({ status: 400, body: [saved] }, `such record of ${objectType}`);
      return naming(Promise.reject(failure)).catch((named: unknown) => ({
        failure: named instanceof Failure ? named : failure,
      }));
    }),
  );
}
