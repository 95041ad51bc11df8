import type * as z from 'zod';
import { type Call, forReadBack } from '../../../shared/call.ts';
import type { Account } from '../../../shared/caller/caller.ts';
import { Failure, lostWrite } from '../../../shared/failure.ts';
import { lazily } from '../../../shared/lazily.ts';
import { seenBy } from '../../../shared/seenBy.ts';
import type { XmlElement } from '../../../shared/xml.ts';
import { type RenewalSource, runsAsCaller, type SalesforceParts } from '../settings.ts';
import { DuplicatesFound, errorCodesOf, partFailure } from './answerFailure.ts';
import type { SavedRecord } from './collections.ts';
import { salesforceConnections } from './connection.ts';
import type { OrgCurrencies } from './currencies.ts';
import type { Files } from './files.ts';
import { foreignToken } from './listPage.ts';
import { locatorOf, readCursor, writeCursor } from './queryPage.ts';
import type { RecordTypeDetails } from './recordTypeDetails.ts';
import { openRecordTypeNames, type RecordTypeNames } from './recordTypes.ts';
import { type Outbox, openOutbox } from './service/outbox.ts';
import { callersPartFailure } from './sessionFailure.ts';
import type { SoapCall } from './soap.ts';
import { type Soql, soql } from './soql.ts';
import type { FiscalYears } from './summary/calendar.ts';
import {
  approvalSchema,
  compositeSchema,
  confirmedSchema,
  garbled,
  graphSchema,
  knowledgeSettingsSchema,
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

export interface SearchRequest {
  term: string;
  /** The fields to return of each object that is searched; the first is always the record's Id. */
  objects: {
    name: string;
    fields: string[];
    /** Which articles of Knowledge are meant: by their state and language alone. */
    where?: Soql;
  }[];
  limit: number;
}

interface QueryOptions {
  /** Finds deleted and archived records, too. */
  withDeleted?: boolean;
}

interface WriteOptions {
  /** Saves a record that a duplicate rule only warns of. */
  allowDuplicate?: boolean | undefined;
  /** Makes a change only where the record was not changed since. */
  unmodifiedSince?: Date | undefined;
}

/** A record that is created, or changed where it has an ID. */
export interface RecordWrite {
  objectType: string;
  recordId?: string | undefined;
  values: Record<string, unknown>;
  /** By this, later ones of the same request use its ID: `@{quote.id}` in a value. */
  reference: string;
  /** What it is called where it is refused. */
  called?: string | undefined;
}

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_process_approvals.htm */
export interface ApprovalRequest {
  actionType: 'Submit' | 'Approve' | 'Reject';
  /** The record that is submitted, or the work item that is answered. */
  contextId: string;
  /** Who submits; the user of the session unless given. */
  contextActorId?: string;
  comments?: string;
  nextApproverIds?: string[];
}

type ApprovalResult = z.output<typeof approvalSchema>[number];

type FoundRecord = z.output<typeof searchSchema>['searchRecords'][number];

/** Salesforce, for one call. Every method costs one request, except those whose answer is cached. */
export interface Salesforce extends Outbox {
  /** The first batch of a statement's records; for statements whose result is small. */
  query(statement: Soql, options?: QueryOptions): Promise<SalesforceRecord[]>;
  /**
   * What `read` makes of the first record of a statement, after a write; undefined where that fails or takes long, because
   * the write is made.
   */
  readBack<Found>(statement: Soql, read: (record: SalesforceRecord) => Found): Promise<Found | undefined>;
  /**
   * A page of a statement's records. The statement must have an ORDER BY and neither LIMIT nor OFFSET: the list starts
   * after `start` records and has at most `total`. The first page is queried with a LIMIT; the others are read by the
   * query locator that Salesforce keeps, which it does not have for `grouped` records.
   */
  list(
    statement: Soql,
    page: {
      limit: number;
      cursor: string | undefined;
      start?: number;
      total?: number;
      grouped?: boolean;
    } & QueryOptions,
  ): Promise<RecordPage>;
  /** The first records of a statement, up to so many; a request for each 2,000 of them. `areAll` tells whether there are no more. */
  rows(
    statement: Soql,
    most: number,
    options?: QueryOptions,
  ): Promise<{ records: SalesforceRecord[]; areAll: boolean }>;
  /** The result of a `SELECT COUNT()`. */
  count(statement: Soql, options?: QueryOptions): Promise<number>;
  /** Runs several statements, five in each request. A statement that is refused has a Failure in place of its records. */
  queryTogether(statements: readonly Soql[], options?: QueryOptions): Promise<(SalesforceRecord[] | Failure)[]>;
  search(request: SearchRequest): Promise<FoundRecord[]>;
  /**
   * What an object is made of, as this user sees it and a policy leaves it open; kept for five minutes.
   * @throws Failure `not_found`, or `forbidden` for an object that is closed
   */
  describe(objectType: string): Promise<ObjectDescription>;
  /** What a record type offers and demands. It costs two to four requests. @throws Failure `forbidden` for an object that is closed */
  recordTypeDetails(objectType: string, recordTypeId: string): Promise<RecordTypeDetails>;
  recordTypes: RecordTypeNames;
  /** Every object that this user sees and that is open; kept for five minutes. */
  describeAll(): Promise<ObjectSummary[]>;
  /** Those of the paths from an object, such as `Name` and `Owner.Email`, that no policy closes. */
  openPaths(objectType: string, paths: readonly string[]): Promise<string[]>;
  /** Returns the new record's ID. @throws Failure `conflict` for a duplicate, unless it is allowed and its rule lets it be saved */
  create(objectType: string, values: Record<string, unknown>, options?: WriteOptions): Promise<string>;
  /** @throws Failure `conflict` like `create`, and where the record was changed after `unmodifiedSince` */
  update(objectType: string, recordId: string, values: Record<string, unknown>, options?: WriteOptions): Promise<void>;
  /**
   * Creates up to 200 records of an object, each by itself, and tells what came of each, in their order.
   * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_create.htm
   */
  createMany(
    objectType: string,
    all: readonly Record<string, unknown>[],
    options?: WriteOptions,
  ): Promise<SavedRecord[]>;
  /** The same for changes, of which each has the ID of its record in `Id`. */
  updateMany(
    objectType: string,
    all: readonly Record<string, unknown>[],
    options?: WriteOptions,
  ): Promise<SavedRecord[]>;
  /** Puts a record into the recycle bin, with what is deleted with it. */
  remove(objectType: string, recordId: string): Promise<void>;
  /** Carries out an operation that only the SOAP API has. @throws Failure as Salesforce refuses it */
  soap(call: SoapCall): Promise<XmlElement>;
  /** The ID of the Salesforce user as whom requests are made, where it is known. Unless the caller signed in at Salesforce, only a session tells, so it takes a request. */
  sessionUser(): Promise<string | undefined>;
  /**
   * Creates and changes records, all of them or none, in one request. Returns the IDs of those that are new.
   * @throws Failure that names the one that was refused
   */
  writeTogether(writes: readonly RecordWrite[]): Promise<(string | undefined)[]>;
  /** Whether what is done here is done in Salesforce as the user who asks. */
  runsAsCaller: boolean;
  /** In whose name changes are made, for people. */
  actor: string;
  /** Submits a record for approval, or answers one. @throws Failure as Salesforce refuses it */
  approve(request: ApprovalRequest): Promise<ApprovalResult>;
  /** The IDs of the queues and public groups that a user is in; not for an answer to tell. */
  groupsOf(userId: string): Promise<string[]>;
  /** A resource of reports and dashboards, by its path; with a body it is run by that. */
  analytics(path: string, body?: object): Promise<unknown>;
  /** Files and notes of records. */
  files: Files;
  /** In which languages articles of Knowledge are written, by codes such as `en_US`; none where the org has no Knowledge. */
  knowledgeLanguages(): Promise<{ defaultLanguage: string | undefined; languages: string[] }>;
  /** The statement that finds the Salesforce user who asks; or why it cannot be told who that is. */
  me(): Promise<{ statement: Soql } | { problem: string }>;
  /** The 18 characters of the org's ID, which a sandbox and its org do not share. It costs no request of its own. */
  orgId(): Promise<string>;
  /** The IANA name of the time zone that decides what a day is. It costs a request where it is not cached. */
  timeZone(): Promise<string>;
  /** That of the Salesforce user as whom the call runs, in which SOQL's `convertTimezone` tells times; undefined where it is not told. */
  sessionTimeZone(): Promise<string | undefined>;
  /** How the org counts its years; kept for an hour, and asked for in two requests. */
  fiscalYears(): Promise<FiscalYears>;
  /** What currencies the org has; kept for an hour, and asked for in one request. */
  currencies(): Promise<OrgCurrencies>;
  /** The same as far as this call knows it: after `currencies`. */
  knownCurrencies(): OrgCurrencies;
  /** The currency of all amounts, in an org with one that `currencies` has told of. */
  soleCurrency(): string | undefined;
  /** Notes that records have no currency of their own, as a refusal has told. */
  noneOfRecords(): void;
  /** The currency that totals are in where an org has several; undefined where the user may not see it. */
  corporateCurrency(): Promise<string | undefined>;
  /** What tells when something of an account ends, as it is set. */
  renewalSource: RenewalSource;
  /** The address at which a person opens the record; available after the first request. */
  recordUrl(objectType: string, recordId: string): string;
}

/** The end of every list; Apex has the same limit. */
const MAX_LISTED = 50_000;
/** The least and the most records that Salesforce returns in one batch. */
const MIN_BATCH = 200;
const MAX_BATCH = 2000;
/** A composite request takes 25 parts, but only so many queries. */
const MAX_TOGETHER = 5;
/** Longer statements are sent in a body, because Salesforce accepts 16 kB of URL and headers together. */
const MAX_URL = 8_000;

/**
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_duplicaterules.htm and
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm
 */
function headersFor({ allowDuplicate = false, unmodifiedSince }: WriteOptions = {}): {
  headers?: Record<string, string>;
} {
  const headers = {
    ...(allowDuplicate && { 'sforce-duplicate-rule-header': 'allowSave=true' }),
    ...(unmodifiedSince && { 'if-unmodified-since': unmodifiedSince.toUTCString() }),
  };
  return Object.keys(headers).length > 0 ? { headers } : {};
}

/** What was refused of writes that are made together, of which none was made. */
function refusedTogether(
  writes: readonly RecordWrite[],
  answers: readonly { body: unknown; httpStatusCode: number }[],
): Failure {
  const failures = answers.map(({ body, httpStatusCode: status }) =>
    status < 400 ? undefined : partFailure({ status, body }, 'such record in Salesforce'),
  );
  const at = failures.findIndex(failure => failure && !errorCodesOf(failure).includes('PROCESSING_HALTED'));
  const failure = failures[at];
  if (!failure) return lostWrite('Salesforce');
  const called = writes[at]?.called;
  return new Failure(failure.code, `${called ? `${called}: ` : ''}${failure.message} Nothing was saved.`, {
    retryable: failure.retryable,
    ...(failure.errors && { errors: failure.errors }),
    nothingDone: true,
    cause: failure.cause,
  });
}

/** Opens Salesforce for calls. */
export function openSalesforce(parts: SalesforceParts) {
  const { settings } = parts;
  const connectionFor = salesforceConnections(parts);
  const recordTypesFor = openRecordTypeNames(parts.now);
  const isCallers = runsAsCaller(settings);
  const ofSignIn = (failure: Failure) =>
    settings.SALESFORCE_AUTH === 'caller' ? callersPartFailure(failure) : failure;

  const open = (
    call: Call,
    { connection, session, allowed, currencies, orgId, zones, fiscalYears, groupsOf, readFile } = connectionFor(call),
  ): Salesforce => {
    const runOnce = async ({ text }: Soql, { withDeleted = false }: QueryOptions = {}, batchSize = MAX_BATCH) => {
      const resource = withDeleted ? '/queryAll' : '/query';
      const url = `${resource}?q=${encodeURIComponent(text)}`;
      if (url.length <= MAX_URL) {
        const headers = { 'sforce-query-options': `batchSize=${batchSize}` };
        return read(querySchema, await connection.request({ method: 'GET', url, headers }));
      }
      const [answer] = await compose([text], resource);
      if (answer instanceof Failure) throw answer;
      return answer ?? { records: [], totalSize: 0, nextRecordsUrl: undefined };
    };

    const batchAt = async (locator: string) => {
      try {
        return read(querySchema, await connection.request(`/query/${locator}`));
      } catch (error) {
        throw error instanceof Failure && error.code === 'not_found' ? foreignToken() : error;
      }
    };

    const compose = async (statements: readonly string[], resource = '/query') => {
      const { compositeResponse } = read(
        compositeSchema,
        await connection.requestPost('/composite', {
          compositeRequest: statements.map((text, at) => ({
            method: 'GET',
            referenceId: `query${at}`,
            url: `/services/data/v${connection.version}${resource}?q=${encodeURIComponent(text)}`,
          })),
        }),
      );
      if (compositeResponse.length !== statements.length) throw garbled();
      return compositeResponse.map(({ httpStatusCode: status, body }) =>
        status < 400 ? read(querySchema, body) : ofSignIn(partFailure({ status, body }, 'such thing in Salesforce')),
      );
    };

    /** Salesforce tells of duplicates the IDs alone: the names are those that this user may see. */
    const namingDuplicates = <Answer>(write: Promise<Answer>): Promise<Answer> =>
      write.catch(async (thrown: unknown) => {
        const error = thrown instanceof Failure ? ofSignIn(thrown) : thrown;
        if (!(error instanceof Failure && error.cause instanceof DuplicatesFound)) throw error;
        const { withNames } = await import('./duplicates.ts');
        throw await withNames(error.cause, async statement => (await runOnce(statement)).records);
      });

    const signedInUser = async () => {
      if (call.caller.account !== undefined) return call.caller.account.id;
      // Only a session tells whose it is.
      await runOnce(soql`SELECT Id FROM User LIMIT 1`);
      return session().userId;
    };

    const salesforce: Salesforce = {
      query: async (statement, options) => (await runOnce(statement, options)).records,

      async rows(statement, most, options) {
        const first = await runOnce(soql`${statement} LIMIT ${most + 1}`, options);
        const records = [...first.records];
        let next = locatorOf(first.nextRecordsUrl);
        while (next !== undefined && records.length <= most) {
          const batch = await batchAt(next);
          records.push(...batch.records);
          next = batch.records.length > 0 ? locatorOf(batch.nextRecordsUrl) : undefined;
        }
        return { records: records.slice(0, most), areAll: records.length <= most };
      },

      async readBack(statement, readRecord) {
        try {
          const [record] = await open(forReadBack(call, parts.now())).query(statement);
          return record && readRecord(record);
        } catch (error) {
          call.log.warn('notReadBack', { code: error instanceof Failure ? error.code : 'internal' });
          return undefined;
        }
      },

      count: async (statement, options) => (await runOnce(statement, options)).totalSize ?? 0,

      async list(statement, page) {
        const { limit, cursor, start = 0, total = Number.POSITIVE_INFINITY, grouped = false } = page;
        if (cursor === undefined) {
          const most = Math.min(limit, total);
          if (most === 0) return { records: [], nextCursor: undefined };
          // One more than is needed shows whether the list goes on.
          const wanted = Math.min(limit + 1, total);
          const { records, nextRecordsUrl } = await runOnce(
            start === 0 ? soql`${statement} LIMIT ${wanted}` : soql`${statement} LIMIT ${wanted} OFFSET ${start}`,
            page,
          );
          // Salesforce answers with fewer than it was asked for when records are large.
          const goesOn = records.length > most ? most < total : locatorOf(nextRecordsUrl) !== undefined;
          const skip = start + Math.min(most, records.length);
          return { records: records.slice(0, most), nextCursor: goesOn ? writeCursor({ skip }) : undefined };
        }
        let { locator, skip } = readCursor(cursor);
        let batch = locator
          ? await batchAt(locator)
          : await runOnce(
              soql`${statement} LIMIT ${Math.min(start + total, MAX_LISTED)}`,
              page,
              grouped ? MAX_BATCH : MIN_BATCH,
            );
        let next = locatorOf(batch.nextRecordsUrl);
        while (next && batch.records.length > 0 && batch.records.length <= skip) {
          skip -= batch.records.length;
          locator = next;
          batch = await batchAt(locator);
          next = locatorOf(batch.nextRecordsUrl);
        }
        const to = skip + limit;
        const rest = to < batch.records.length ? { locator, skip: to } : next && { locator: next, skip: 0 };
        return { records: batch.records.slice(skip, to), nextCursor: rest && writeCursor(rest) };
      },

      async queryTogether(statements, { withDeleted = false } = {}) {
        const resource = withDeleted ? '/queryAll' : '/query';
        const texts = statements.map(({ text }) => text);
        const groups = Array.from({ length: Math.ceil(texts.length / MAX_TOGETHER) }, (_, at) =>
          texts.slice(at * MAX_TOGETHER, (at + 1) * MAX_TOGETHER),
        );
        const answers = (await Promise.all(groups.map(group => compose(group, resource)))).flat();
        return answers.map(answer => (answer instanceof Failure ? answer : answer.records));
      },

      async search({ term, objects, limit }) {
        const answer = await connection.requestPost('/parameterizedSearch', {
          q: term,
          in: 'ALL',
          overallLimit: limit,
          sobjects: objects.map(({ name, fields, where }) => ({
            name,
            fields,
            limit,
            ...(where && { where: where.text }),
          })),
        });
        return read(searchSchema, answer).searchRecords;
      },

      orgId,
      timeZone: zones.timeZone,
      sessionTimeZone: zones.ofSession,
      fiscalYears,
      ...openOutbox(connection),

      async knowledgeLanguages() {
        const settings = await connection.request('/knowledgeManagement/settings').catch((error: unknown) => {
          // Without Knowledge there is no such thing.
          if (error instanceof Failure && !error.retryable) return {};
          throw error;
        });
        const { defaultLanguage, languages } = read(knowledgeSettingsSchema, settings);
        return { defaultLanguage: defaultLanguage ?? undefined, languages };
      },

      describe: allowed.describe,
      recordTypes: recordTypesFor(seenBy(call, { eachCaller: isCallers })),
      describeAll: allowed.describeAll,
      recordTypeDetails: async (objectType, recordTypeId) =>
        (await import('./recordTypeDetails.ts')).recordTypeDetails(connection, objectType, recordTypeId),
      openPaths: allowed.openPaths,

      async create(objectType, values, options) {
        const saved = await namingDuplicates(connection.create(objectType, values, headersFor(options)));
        const { data } = savedSchema.safeParse(saved);
        // The record was probably created, but the answer does not have its ID.
        if (!data) throw lostWrite('Salesforce');
        return data.id;
      },

      async update(objectType, recordId, values, options) {
        const saved = await namingDuplicates(
          connection.update(objectType, { ...values, Id: recordId }, headersFor(options)),
        );
        if (!confirmedSchema.safeParse(saved).success) throw lostWrite('Salesforce');
      },

      async createMany(objectType, all, options) {
        const { writeMany } = await import('./collections.ts');
        return writeMany(connection, { method: 'POST', objectType, all, ...headersFor(options) }, namingDuplicates);
      },

      async updateMany(objectType, all, options) {
        const { writeMany } = await import('./collections.ts');
        return writeMany(connection, { method: 'PATCH', objectType, all, ...headersFor(options) }, namingDuplicates);
      },

      async remove(objectType, recordId) {
        const gone = await connection.request(
          { method: 'DELETE', url: `/sobjects/${objectType}/${recordId}` },
          { noContentResponse: { success: true } },
        );
        if (!confirmedSchema.safeParse(gone).success) throw lostWrite('Salesforce');
      },

      async soap(asked) {
        const { resultOf } = await import('./soap.ts');
        return namingDuplicates(allowed.soap(asked).then(resultOf));
      },

      sessionUser: signedInUser,

      async writeTogether(writes) {
        const { graphs } = read(
          graphSchema,
          await connection.requestPost('/composite/graph', {
            graphs: [
              {
                graphId: 'writes',
                compositeRequest: writes.map(({ objectType, recordId, values, reference }) => ({
                  method: recordId === undefined ? 'POST' : 'PATCH',
                  url: `/services/data/v${connection.version}/sobjects/${objectType}${recordId === undefined ? '' : `/${recordId}`}`,
                  referenceId: reference,
                  body: values,
                })),
              },
            ],
          }),
        );
        const [graph] = graphs;
        const answers = graph?.graphResponse.compositeResponse ?? [];
        if (!graph?.isSuccessful) throw refusedTogether(writes, answers);
        if (answers.length !== writes.length) throw lostWrite('Salesforce');
        return answers.map(({ body }) => savedSchema.safeParse(body).data?.id);
      },

      async approve(request) {
        const answer = await connection.requestPost('/process/approvals', { requests: [{ ...request }] });
        const [result] = approvalSchema.safeParse(answer).data ?? [];
        if (!result) throw lostWrite('Salesforce');
        return result;
      },

      groupsOf,
      runsAsCaller: isCallers,
      actor: isCallers ? 'the user who asks' : "this service's Salesforce user",

      async me() {
        const columns = soql`SELECT Id, Name, Email, IsActive FROM User`;
        if (isCallers) {
          const userId = await signedInUser();
          if (userId) return { statement: soql`${columns} WHERE Id = ${userId}` };
        }
        const { kind, userName } = call.caller;
        if (kind === 'user' && userName) {
          return { statement: soql`${columns} WHERE Email = ${userName} AND IsActive = TRUE ORDER BY Id LIMIT 5` };
        }
        return { problem: '"me" is the user who asks, and this call came from nobody who signed in. Give the name.' };
      },

      currencies: currencies.currencies,
      knownCurrencies: currencies.known,
      soleCurrency: () => currencies.known().sole,
      noneOfRecords: currencies.noneOfRecords,
      corporateCurrency: currencies.corporate,

      renewalSource: settings.SALESFORCE_RENEWALS,
      recordUrl: (objectType, recordId) => `${session().instanceUrl}/lightning/r/${objectType}/${recordId}/view`,

      analytics: (path, body) =>
        body ? connection.requestPost(`/analytics${path}`, body) : connection.request(`/analytics${path}`),

      files: lazily(['list', 'read', 'add', 'addNote'], async () =>
        (await import('./files.ts')).openFiles({
          salesforce,
          call,
          readFile,
          soon: () => open(forReadBack(call, parts.now())),
        }),
      ),
    };
    return salesforce;
  };

  /** The same call as the user in the settings, where one is named. */
  const asOwnUser = (call: Call): Call => {
    const user = settings.SALESFORCE_USERNAME;
    return user ? { ...call, caller: { kind: 'user', id: user, userName: user, roles: [] } } : call;
  };

  return {
    for: (call: Call): Salesforce => open(call),

    whoIs: async (call: Call): Promise<Account> => (await import('./whoIs.ts')).whoIs(parts, call),

    signIn: isCallers ? undefined : (call: Call) => connectionFor(call).signIn(),

    timeZone: (call: Call) => connectionFor(call).zones.shown(),

    /** Those on objects that the user lacks; what else a user may do, Salesforce does not tell. */
    async lacks(call: Call, permissions: readonly string[]): Promise<readonly string[]> {
      if (isCallers && !settings.SALESFORCE_USERNAME) return [];
      const objects = await open(asOwnUser(call)).describeAll();
      return permissions.filter(permission => {
        const [access, objectType] = permission.split(' ');
        if (objectType === undefined) return false;
        const object = objects.find(({ name }) => name === objectType);
        return !object || (access === 'create' ? !object.createable : !object.queryable);
      });
    },

    /** `Integration User, API usage 14 of 15000`; with SALESFORCE_RUN_AS=caller nobody's, where no user is named, nor with each caller's own sign-in. */
    async check(call: Call): Promise<string> {
      if (settings.SALESFORCE_AUTH === 'caller') return (await import('./whoIs.ts')).checkOrg(parts, call);
      const user = settings.SALESFORCE_USERNAME;
      if (settings.SALESFORCE_RUN_AS === 'caller' && !user) {
        await parts.secrets.get('salesforce-private-key', call.signal);
        return 'Runs as whoever calls, so the sign-in is not tried here; set SALESFORCE_USERNAME to have it tried as that user.';
      }
      const asUser = asOwnUser(call);
      const own = connectionFor(asUser);
      const salesforce = open(asUser, own);
      await salesforce.query(soql`SELECT Id FROM User LIMIT 1`);
      const { userId } = own.session();
      const [me] = userId ? await salesforce.query(soql`SELECT Name FROM User WHERE Id = ${userId}`) : [];
      const name = typeof me?.Name === 'string' ? me.Name : 'Signed in';
      const { apiUsage } = call.usage.reported;
      return apiUsage ? `${name}, API usage ${apiUsage.replace('/', ' of ')}` : name;
    },
  };
}
