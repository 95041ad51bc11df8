import { schemaFor, type Viewer } from './access.ts';
import { jsonParserError, methodNotAllowed, notFound, Refusal } from './errors.ts';
import type { Org } from './org.ts';
import type { QueryPages } from './queryPages.ts';
import type { ObjectDefinition } from './schema.ts';
import type { QueryRecord, QueryScope } from './soql.ts';

/** One call of the REST API: a request, or a part of a composite request. */
export interface ApiCall {
  method: string;
  /** Below `/services/data/vNN.0/`, percent-encoding untouched. */
  path: string;
  /** What the `{…}` segments of the route's pattern hold. */
  params: Record<string, string>;
  query: URLSearchParams;
  headers: Record<string, string | undefined>;
  /** The parsed JSON body; undefined where there was none. */
  body: unknown;
  /** `/services/data/v67.0` */
  base: string;
  viewer: Viewer;
  org: Org;
  pages: QueryPages;
  /** Carries out another call; a refusal is returned as its answer. */
  answer(call: ApiCall): ApiAnswer;
}

export interface ApiAnswer {
  status: number;
  /** Undefined for 204. */
  body: unknown;
  /** What is no JSON: the contents of a file. */
  bytes?: Uint8Array;
}

export type Handler = (call: ApiCall) => ApiAnswer;

export interface Route {
  method: string;
  /** Below `/services/data/vNN.0/`, with `{name}` for a segment. */
  pattern: string;
  handler: Handler;
}

export const route = (method: string, pattern: string, handler: Handler): Route => ({ method, pattern, handler });

/** Carries out a call by the route that fits. A refusal is returned as an answer, because composite answers hold it so. */
export function answerBy(routes: readonly Route[]): (call: ApiCall) => ApiAnswer {
  return call => {
    try {
      return carryOut(routes, call);
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, body: error.body };
      throw error;
    }
  };
}

function carryOut(routes: readonly Route[], call: ApiCall): ApiAnswer {
  const segments = call.path.split('/').filter(Boolean).map(decode);
  const matches = routes.flatMap(each => {
    const params = match(each.pattern.split('/'), segments);
    return params ? [{ ...each, params }] : [];
  });
  if (matches.length === 0) throw notFound();
  const found = matches.find(({ method }) => method === call.method);
  if (found) return found.handler({ ...call, params: found.params });
  throw methodNotAllowed(
    call.method,
    matches.map(({ method }) => method),
  );
}

function match(pattern: string[], segments: string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) params[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw notFound();
  }
}

export const ok = (body: unknown): ApiAnswer => ({ status: 200, body });
export const noContent: ApiAnswer = { status: 204, body: undefined };

/** The object in the path, or Salesforce's 404. */
export function objectInPath({ org, viewer, params }: ApiCall): ObjectDefinition {
  const object = schemaFor(viewer, org.schema).find(params.object ?? '');
  if (!object) throw notFound();
  return object;
}

/** The body of a write: the values of a record's fields. */
export function valuesIn({ body }: ApiCall): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    return Object.fromEntries(Object.entries(body));
  }
  throw jsonParserError('The HTTP entity body is required, but this request has no entity body.');
}

/** The scope of a SOQL statement for the user of a call. */
export const scopeOf = ({ viewer, base, org }: ApiCall, soql: string): QueryScope => ({
  org,
  viewer,
  soql,
  attributes: (type, { object, row }): QueryRecord => ({ type, url: `${base}/sobjects/${object.name}/${row.Id}` }),
});
