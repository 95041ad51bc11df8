import type * as z from 'zod';
import { type Call, shareable } from '../call.ts';
import type { Config } from '../config.ts';
import { Failure } from '../failure.ts';
import type { SecretStore } from '../secrets/secretStore.ts';
import { shortLived } from '../shortLived.ts';
import { waitFor } from '../singleFlight.ts';
import { lostWrite, type Upstream } from '../upstream/upstream.ts';
import { answerFailure } from './answerFailure.ts';
import { salesforceConnections } from './connection.ts';
import { locatorCursor, locatorOf, offsetCursor, readCursor } from './queryPage.ts';
import { usernameFor } from './signIn.ts';
import { type Soql, soql } from './soql.ts';
import {
  compositeSchema,
  describeGlobalSchema,
  describeSchema,
  garbled,
  type ObjectDescription,
  type ObjectSummary,
  querySchema,
  read,
  type SalesforceRecord,
  savedSchema,
  searchSchema,
} from './wire.ts';

/** A part of a query's records, and where the list goes on. */
interface RecordPage {
  records: SalesforceRecord[];
  nextCursor: string | undefined;
}

interface SearchRequest {
  term: string;
  /** The fields to return of each object that is searched; the first is always the record's Id. */
  objects: { name: string; fields: string[] }[];
  limit: number;
}

type FoundRecord = z.output<typeof searchSchema>['searchRecords'][number];

/** Salesforce, for one call. Every method costs one request, but those of which the answer is kept for some minutes. */
export interface Salesforce {
  /** All records of a statement that has a bound of its own. */
  query(statement: Soql): Promise<SalesforceRecord[]>;
  /**
   * A page of a statement's records. The statement has no LIMIT and no OFFSET of its own: the list starts behind
   * `start` records, and has `total` of them at the most.
   */
  list(
    statement: Soql,
    page: { limit: number; cursor: string | undefined; start?: number; total?: number },
  ): Promise<RecordPage>;
  /** What a `SELECT COUNT()` counts. */
  count(statement: Soql): Promise<number>;
  /** Several statements in one request; one that is refused gives the reason in place of its records. */
  queryTogether(statements: readonly Soql[]): Promise<(SalesforceRecord[] | Failure)[]>;
  search(request: SearchRequest): Promise<FoundRecord[]>;
  /** What an object is made of, as this user sees it; kept for five minutes. @throws Failure `not_found` */
  describe(objectType: string): Promise<ObjectDescription>;
  /** Every object that this user sees; kept for five minutes. */
  describeAll(): Promise<ObjectSummary[]>;
  /** Gives the new record's ID. */
  create(objectType: string, values: Record<string, unknown>): Promise<string>;
  update(objectType: string, recordId: string, values: Record<string, unknown>): Promise<void>;
  /** Where a person opens the record; known once a request was made. */
  recordUrl(objectType: string, recordId: string): string;
}

const DESCRIBE_MS = 5 * 60_000;
const DESCRIBE_TIMEOUT_MS = 10_000;
/** Longer statements do not fit into a URL: Salesforce takes 16 kB of it, headers included. */
const MAX_URL_QUERY = 8_000;

/** Opens Salesforce for calls; the settings are read, and so found wanting, here. */
export function openSalesforce(parts: { config: Config; secrets: SecretStore; upstream: Upstream; now: () => number }) {
  const settings = parts.config.salesforce.read();
  const connectionFor = salesforceConnections({ ...parts, settings });
  const keep = shortLived<ObjectDescription>(DESCRIBE_MS, parts.now);
  const keepAll = shortLived<ObjectSummary[]>(DESCRIBE_MS, parts.now);

  const open = (call: Call, { connection, session } = connectionFor(call)): Salesforce => {
    // What a user sees of an object depends on the user.
    const keyOf = (name: string) => `${usernameFor(call, settings)} ${name}`.toLowerCase();
    const shared = () => connectionFor(shareable(call, DESCRIBE_TIMEOUT_MS, parts.now())).connection;

    const runOnce = async ({ text }: Soql) => {
      const query = encodeURIComponent(text);
      if (query.length <= MAX_URL_QUERY) return read(querySchema, await connection.request(`/query?q=${query}`));
      const [answer] = await compose([text]);
      if (answer instanceof Failure) throw answer;
      return answer ?? { records: [], totalSize: 0 };
    };

    const compose = async (statements: readonly string[]) => {
      const { compositeResponse } = read(
        compositeSchema,
        await connection.requestPost('/composite', {
          compositeRequest: statements.map((text, at) => ({
            method: 'GET',
            referenceId: `query${at}`,
            url: `/services/data/v${connection.version}/query?q=${encodeURIComponent(text)}`,
          })),
        }),
      );
      if (compositeResponse.length !== statements.length) throw garbled();
      return compositeResponse.map(({ httpStatusCode: status, body }) =>
        status < 400
          ? read(querySchema, body)
          : answerFailure({ status, body: JSON.stringify(body) }, 'such thing in Salesforce'),
      );
    };

    return {
      query: async statement => (await runOnce(statement)).records,

      count: async statement => (await runOnce(statement)).totalSize ?? 0,

      async list(statement, { limit, cursor, start = 0, total = Number.POSITIVE_INFINITY }) {
        const position = readCursor(cursor);
        if ('locator' in position) {
          const { locator, skip, then } = position;
          const { records, nextRecordsUrl } = read(querySchema, await connection.request(`/query/${locator}`));
          const to = skip + limit;
          const next = to < records.length ? { locator, skip: to } : { locator: locatorOf(nextRecordsUrl), skip: 0 };
          return { records: records.slice(skip, to), nextCursor: locatorCursor({ ...next, then }) };
        }
        const { offset } = position;
        // One more than is wanted: its presence says that the list goes on.
        const wanted = Math.min(limit + 1, total - offset);
        if (wanted <= 0) return { records: [], nextCursor: undefined };
        const from = start + offset;
        const { records, totalSize, nextRecordsUrl } = await runOnce(
          from === 0 ? soql`${statement} LIMIT ${wanted}` : soql`${statement} LIMIT ${wanted} OFFSET ${from}`,
        );
        if (records.length > limit) {
          return { records: records.slice(0, limit), nextCursor: offsetCursor(start, offset + limit) };
        }
        // Salesforce may answer in shorter pages than it was asked for, when records are large.
        const then = (totalSize ?? 0) > limit ? offsetCursor(start, offset + wanted) : undefined;
        const locator = locatorOf(nextRecordsUrl);
        return { records, nextCursor: locator && locatorCursor({ locator, skip: 0, then }) };
      },

      async queryTogether(statements) {
        const answers = await compose(statements.map(({ text }) => text));
        return answers.map(answer => (answer instanceof Failure ? answer : answer.records));
      },

      async search({ term, objects, limit }) {
        const answer = await connection.requestPost('/parameterizedSearch', {
          q: term,
          in: 'ALL',
          overallLimit: limit,
          sobjects: objects.map(({ name, fields }) => ({ name, fields, limit })),
        });
        return read(searchSchema, answer).searchRecords;
      },

      describe(objectType) {
        const work = keep(keyOf(objectType), async () => read(describeSchema, await shared().describe(objectType)));
        return waitFor(work, call.signal);
      },

      describeAll() {
        const work = keepAll(
          keyOf(''),
          async () => read(describeGlobalSchema, await shared().describeGlobal()).sobjects,
        );
        return waitFor(work, call.signal);
      },

      async create(objectType, values) {
        const { data } = savedSchema.safeParse(await connection.create(objectType, values));
        // It was done, but the answer does not say to what: only a look can tell.
        if (!data) throw lostWrite('Salesforce');
        return data.id;
      },

      async update(objectType, recordId, values) {
        await connection.update(objectType, { ...values, Id: recordId });
      },

      recordUrl: (objectType, recordId) => `${session().instanceUrl}/lightning/r/${objectType}/${recordId}/view`,
    };
  };

  return {
    for: (call: Call): Salesforce => open(call),

    /** `Integration User, API usage 14 of 15000`; with SALESFORCE_RUN_AS=caller nobody's, where no user is named. */
    async check(call: Call): Promise<string> {
      const user = settings.SALESFORCE_USERNAME;
      if (settings.SALESFORCE_RUN_AS === 'caller' && !user) {
        await parts.secrets.get('salesforce-private-key', call.signal);
        return 'Runs as whoever calls, so the sign-in is not tried here; set SALESFORCE_USERNAME to have it tried as that user.';
      }
      const asUser: Call = user ? { ...call, caller: { kind: 'user', id: user, userName: user } } : call;
      const own = connectionFor(asUser);
      const salesforce = open(asUser, own);
      await salesforce.query(soql`SELECT Id FROM User LIMIT 1`);
      const { userId } = own.session();
      const [me] = userId ? await salesforce.query(soql`SELECT Name FROM User WHERE Id = ${userId}`) : [];
      const name = typeof me?.Name === 'string' ? me.Name : 'Signed in';
      return call.usage.apiUsage ? `${name}, API usage ${call.usage.apiUsage.replace('/', ' of ')}` : name;
    },
  };
}
