import type { Viewer } from './access.ts';
import type { ApiAnswer, ApiCall, ApiContext } from './apiCall.ts';
import { dailyLimit } from './apiCall.ts';
import { deleteCollection, insertCollection, retrieveCollection, updateCollection } from './collections.ts';
import { composite, compositeBatch } from './composite.ts';
import { describeBasic, describeGlobal, describeObject } from './describe.ts';
import { jsonParserError, methodNotAllowed, notFound, Refusal, soqlRefusal } from './errors.ts';
import type { Located, Org } from './org.ts';
import { readRecord } from './readRecord.ts';
import { findObject, type ObjectDefinition } from './schema.ts';
import { parameterizedSearch, searchBySosl } from './search.ts';
import { type QueryRecord, type QueryScope, runQuery } from './soql.ts';
import { deleteRecord, insertRecord, locate, updateRecord, type Values } from './writes.ts';

type Handler = (call: ApiCall, context: ApiContext, ...segments: string[]) => ApiAnswer;

/** The API by path, `:` standing for one segment, and by method. */
const routes: Record<string, Record<string, Handler>> = {
  '': { GET: ({ base, viewer }, { org }) => ok(resources(base, org, viewer)) },
  limits: { GET: (_call, { used }) => ok(limits(used())) },
  sobjects: { GET: ({ base }) => ok(describeGlobal(base)) },
  'sobjects/:': {
    GET: ({ base }, _context, name) => ok(describeBasic(objectNamed(name), base)),
    POST(call, { org }, name) {
      const allowDuplicates = /allowSave\s*=\s*true/i.test(call.headers['sforce-duplicate-rule-header'] ?? '');
      const row = insertRecord(org, call.viewer, objectNamed(name), valuesOf(call), { allowDuplicates });
      return { status: 201, body: { id: row.Id, success: true, errors: [] } };
    },
  },
  'sobjects/:/describe': {
    GET: ({ base, viewer }, _context, name) => ok(describeObject(objectNamed(name), viewer, base)),
  },
  'sobjects/:/:': {
    GET: (call, context, name, id) => ok(readRecord(call, located(call, context, name, id), call.query.get('fields'))),
    PATCH(call, context, name, id) {
      updateRecord(context.org, call.viewer, located(call, context, name, id), valuesOf(call));
      return noContent;
    },
    DELETE(call, context, name, id) {
      deleteRecord(context.org, call.viewer, located(call, context, name, id));
      return noContent;
    },
  },
  query: { GET: (call, context) => query(call, context, false) },
  'query/:': { GET: ({ base }, { pages }, locator = '') => ok(pages.next(locator, base)) },
  queryAll: { GET: (call, context) => query(call, context, true) },
  'queryAll/:': { GET: ({ base }, { pages }, locator = '') => ok(pages.next(locator, base)) },
  search: { GET: (call, { org }) => ok(searchBySosl(scopeOf(call, org), call.query.get('q') ?? '')) },
  parameterizedSearch: {
    GET: (call, { org }) => ok(parameterizedSearch(scopeOf(call, org), call.query)),
    POST: (call, { org }) => ok(parameterizedSearch(scopeOf(call, org), call.body)),
  },
  composite: { POST: (call, context) => ok(composite(call, context, answerApi)) },
  'composite/batch': { POST: (call, context) => ok(compositeBatch(call, context, answerApi)) },
  'composite/sobjects': {
    POST: (call, { org }) => ok(insertCollection(call, org)),
    PATCH: (call, { org }) => ok(updateCollection(call, org)),
    DELETE: (call, { org }) => ok(deleteCollection(call, org)),
  },
  'composite/sobjects/:': {
    GET: (call, { org }, name) => ok(retrieveCollection(call, org, objectNamed(name))),
    POST: (call, { org }, name) => ok(retrieveCollection(call, org, objectNamed(name))),
  },
};

/** Carries out one call. Throws a `Refusal` for what Salesforce refuses. */
function callApi(call: ApiCall, context: ApiContext): ApiAnswer {
  const segments = call.path.split('/').filter(Boolean).map(decode);
  for (const [pattern, handlers] of Object.entries(routes)) {
    const names = pattern.split('/').filter(Boolean);
    if (names.length !== segments.length || !names.every((name, at) => name === ':' || name === segments[at])) continue;
    const handler = handlers[call.method];
    if (!handler) throw methodNotAllowed(call.method, Object.keys(handlers));
    return handler(call, context, ...segments.filter((_segment, at) => names[at] === ':'));
  }
  throw notFound();
}

/** Carries out one call, a refusal being an answer like any other as an answer, as a composite request holds it. */
export function answerApi(call: ApiCall, context: ApiContext): ApiAnswer {
  try {
    return callApi(call, context);
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.body };
    throw error;
  }
}

const ok = (body: unknown): ApiAnswer => ({ status: 200, body });
const noContent: ApiAnswer = { status: 204, body: undefined };

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw notFound();
  }
}

function objectNamed(name = ''): ObjectDefinition {
  const object = findObject(name);
  if (!object) throw notFound();
  return object;
}

const located = (call: ApiCall, { org }: ApiContext, name?: string, id = ''): Located =>
  locate(org, call.viewer, objectNamed(name), id);

function valuesOf({ body }: ApiCall): Values {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return Object.fromEntries(Object.entries(body));
  throw jsonParserError('The HTTP entity body is required, but this request has no entity body.');
}

const scopeOf = ({ viewer, base }: ApiCall, org: Org, soql = '', includeDeleted = false): QueryScope => ({
  org,
  viewer,
  soql,
  includeDeleted,
  attributes: (type, { object, row }): QueryRecord => ({ type, url: `${base}/sobjects/${object.name}/${row.Id}` }),
});

function query(call: ApiCall, { org, pages }: ApiContext, includeDeleted: boolean): ApiAnswer {
  const soql = call.query.get('q') ?? '';
  if (soql.trim() === '') throw soqlRefusal('MALFORMED_QUERY', soql, '', "unexpected token: '<EOF>'");
  const result = runQuery(scopeOf(call, org, soql, includeDeleted));
  return ok(pages.first(result, call.base, call.headers['sforce-query-options']));
}

function resources(base: string, org: Org, viewer: Viewer) {
  const names = ['limits', 'sobjects', 'query', 'queryAll', 'search', 'parameterizedSearch', 'composite'];
  return {
    ...Object.fromEntries(names.map(name => [name, `${base}/${name}`])),
    identity: `/id/${org.id}/${viewer.Id}`,
  };
}

function limits(used: number) {
  return {
    DailyApiRequests: { Max: dailyLimit, Remaining: Math.max(0, dailyLimit - used) },
    DailyBulkApiBatches: { Max: 15_000, Remaining: 15_000 },
    DataStorageMB: { Max: 1024, Remaining: 1009 },
    FileStorageMB: { Max: 1024, Remaining: 1024 },
    HourlyTimeBasedWorkflow: { Max: 1000, Remaining: 1000 },
  };
}
