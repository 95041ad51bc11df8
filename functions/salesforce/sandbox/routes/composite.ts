import * as z from 'zod';
import type { ApiAnswer, ApiCall, ApiContext } from './apiCall.ts';
import { badRequest, jsonParserError, processingHalted, Refusal } from './errors.ts';

const maxRequests = 25;
const maxQueries = 5;
const dataUrl = /^(?:\/services\/data)?\/?(v\d+\.0)\/([^?]*)(?:\?(.*))?$/;

const compositeSchema = z.object({
  allOrNone: z.boolean().default(false),
  compositeRequest: z.array(
    z.object({
      method: z.string(),
      url: z.string(),
      referenceId: z.string(),
      body: z.unknown().optional(),
      httpHeaders: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

/** Carries out one call of the API, a refusal being an answer like any other. */
type Answer = (call: ApiCall, context: ApiContext) => ApiAnswer;

type UrlCall = Pick<ApiCall, 'method' | 'body' | 'headers'> & { url: string };

type SubRequest = z.infer<typeof compositeSchema>['compositeRequest'][number];

/** `POST composite`: up to 25 calls, one after another, later ones with `@{reference.field}` of earlier answers. */
export function composite(call: ApiCall, context: ApiContext, answerCall: Answer) {
  const { allOrNone, compositeRequest } = parse(compositeSchema, call.body);
  refuseTooMany(compositeRequest.length);
  if (compositeRequest.filter(({ url }) => /\/(query|queryAll|composite\/sobjects)\b/.test(url)).length > maxQueries) {
    throw badRequest(
      `Composite request cannot contain more than ${maxQueries} query or sObject Collections subrequests`,
    );
  }
  const repeated = compositeRequest.find(
    ({ referenceId }, at) => compositeRequest.findIndex(other => other.referenceId === referenceId) !== at,
  );
  if (repeated) throw badRequest(`Duplicate referenceId provided : ${repeated.referenceId}`);

  const answers = new Map<string, ApiAnswer>();
  context.org.transaction(() => {
    for (const part of compositeRequest) {
      const answer = answerPart(part, answers, request => answerUrl(request, call, context, answerCall));
      answers.set(part.referenceId, answer);
      if (allOrNone && answer.status >= 400) return false;
    }
    return true;
  });
  const failed = [...answers].find(([, answer]) => answer.status >= 400);
  const halted = (message: string): ApiAnswer => ({ status: 400, body: processingHalted(message).body });
  return {
    compositeResponse: compositeRequest.map(({ referenceId }) => {
      const answer =
        allOrNone && failed && failed[0] !== referenceId
          ? halted('The transaction was rolled back since another operation in the same transaction failed.')
          : answers.get(referenceId);
      return {
        body: answer?.body ?? null,
        httpHeaders: {},
        httpStatusCode: answer?.status ?? 500,
        referenceId,
      };
    }),
  };
}

const batchSchema = z.object({
  haltOnError: z.boolean().default(false),
  batchRequests: z.array(z.object({ method: z.string(), url: z.string(), richInput: z.unknown().optional() })),
});

/** `POST composite/batch`: up to 25 calls that know nothing of each other. */
export function compositeBatch(call: ApiCall, context: ApiContext, answerCall: Answer) {
  const { haltOnError, batchRequests } = parse(batchSchema, call.body);
  refuseTooMany(batchRequests.length);
  let hasErrors = false;
  const results = batchRequests.map(({ method, url, richInput }) => {
    if (haltOnError && hasErrors) {
      return {
        statusCode: 412,
        result: [{ errorCode: 'BATCH_PROCESSING_HALTED', message: 'Batch processing halted per request' }],
      };
    }
    const answer = answerUrl({ method, url, body: richInput, headers: {} }, call, context, answerCall);
    hasErrors ||= answer.status >= 400;
    return { statusCode: answer.status, result: answer.body ?? null };
  });
  return { hasErrors, results };
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw jsonParserError(`Unrecognized or missing field "${issue?.path.join('.')}" at [line:1, column:1]`);
}

function refuseTooMany(count: number): void {
  if (count > maxRequests)
    throw badRequest(`Maximum number of subrequests exceeded: ${count}. The limit is ${maxRequests}`);
}

function answerPart(
  part: SubRequest,
  answers: ReadonlyMap<string, ApiAnswer>,
  answer: (request: UrlCall) => ApiAnswer,
): ApiAnswer {
  try {
    const headers = Object.fromEntries(
      Object.entries(part.httpHeaders).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const url = resolve(part.url, answers);
    const body = resolveDeep(part.body, answers);
    return answer({ method: part.method, url, body, headers });
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.body };
    throw error;
  }
}

function answerUrl(
  { method, url, body, headers }: UrlCall,
  { viewer }: ApiCall,
  context: ApiContext,
  answerCall: Answer,
): ApiAnswer {
  const [, version, path, search] = dataUrl.exec(url) ?? [];
  if (version === undefined || path === undefined || path.replace(/\/$/, '') === 'composite') {
    return { status: 400, body: badRequest(`Invalid subrequest URL: ${url}`).body };
  }
  const query = new URLSearchParams(search ?? '');
  return answerCall({ method, path, query, headers, body, base: `/services/data/${version}`, viewer }, context);
}

/** Puts the values of earlier answers where a text says `@{reference.path[0].to.it}`. */
function resolve(text: string, answers: ReadonlyMap<string, ApiAnswer>): string {
  return text.replace(/@\{([^}]*)\}/g, (_whole, reference: string) => {
    const [name = '', ...path] = reference.split(/[.[\]]+/).filter(Boolean);
    const answer = answers.get(name);
    const value = path.reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
      answer && answer.status < 400 ? answer.body : undefined,
    );
    if (value === undefined || value === null || typeof value === 'object') {
      throw processingHalted(`Invalid reference specified. No value for ${reference} found in ${name}`);
    }
    return String(value);
  });
}

function resolveDeep(value: unknown, answers: ReadonlyMap<string, ApiAnswer>): unknown {
  if (typeof value === 'string') return resolve(value, answers);
  if (Array.isArray(value)) return value.map(entry => resolveDeep(entry, answers));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, resolveDeep(entry, answers)]));
}
