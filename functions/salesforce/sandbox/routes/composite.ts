import * as z from 'zod';
import { badRequest, jsonParserError } from '../errors.ts';
import { type ApiAnswer, type ApiCall, ok, type Route, route } from '../router.ts';

const maxRequests = 25;
const maxQueries = 5;
const dataUrl = /^(\/services\/data\/v\d+\.0)\/([^?]*)(?:\?(.*))?$/;

/** The part of the resource that is played: calls that do not depend on each other. Anything else is refused. */
const bodySchema = z.strictObject({
  compositeRequest: z.array(
    z.strictObject({ method: z.string(), url: z.string(), referenceId: z.string(), body: z.unknown().optional() }),
  ),
});

type SubRequest = z.infer<typeof bodySchema>['compositeRequest'][number];

export const compositeRoutes: Route[] = [
  route('POST', 'composite', call => {
    const parsed = bodySchema.safeParse(call.body);
    if (!parsed.success) throw jsonParserError(z.prettifyError(parsed.error));
    const requests = parsed.data.compositeRequest;
    checkNumbers(requests);
    return ok({
      compositeResponse: requests.map(request => {
        const { status, body } = answerPart(call, request);
        return { body: body ?? null, httpHeaders: {}, httpStatusCode: status, referenceId: request.referenceId };
      }),
    });
  }),
];

function checkNumbers(requests: SubRequest[]): void {
  if (requests.length > maxRequests) {
    throw badRequest(`Maximum number of subrequests exceeded: ${requests.length}. The limit is ${maxRequests}`);
  }
  if (requests.filter(({ url }) => /\/query\b/.test(url)).length > maxQueries) {
    throw badRequest(
      `Composite request cannot contain more than ${maxQueries} query or sObject Collections subrequests`,
    );
  }
  const ids = requests.map(({ referenceId }) => referenceId);
  const repeated = ids.find((id, at) => ids.indexOf(id) !== at);
  if (repeated !== undefined) throw badRequest(`Duplicate referenceId provided : ${repeated}`);
}

function answerPart(call: ApiCall, { method, url, body }: SubRequest): ApiAnswer {
  const [, base, path, search] = dataUrl.exec(url) ?? [];
  if (base === undefined || path === undefined || path.replace(/\/$/, '') === 'composite') {
    return { status: 400, body: badRequest(`Invalid subrequest URL: ${url}`).body };
  }
  return call.answer({ ...call, method, path, query: new URLSearchParams(search ?? ''), headers: {}, body, base });
}
