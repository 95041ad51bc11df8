import * as z from 'zod';
import { badRequest, jsonParserError } from '../errors.ts';
import { type ApiAnswer, type ApiCall, ok, type Route, route } from '../router.ts';

const inserts = /^(\/services\/data\/v\d+\.0)\/(sobjects\/\w+)$/;

/** The part of the resource that is played: one graph of inserts, of which one may refer to the ID of another. */
const bodySchema = z.strictObject({
  graphs: z
    .array(
      z.strictObject({
        graphId: z.string(),
        compositeRequest: z
          .array(
            z.strictObject({
              method: z.literal('POST'),
              url: z.string().regex(inserts),
              referenceId: z.string().regex(/^\w+$/),
              body: z.record(z.string(), z.unknown()),
            }),
          )
          .min(1)
          .max(500),
      }),
    )
    .length(1),
});

type SubRequest = z.infer<typeof bodySchema>['graphs'][number]['compositeRequest'][number];

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph.htm */
export const graphRoutes: Route[] = [
  route('POST', 'composite/graph', call => {
    const parsed = bodySchema.safeParse(call.body);
    if (!parsed.success) throw jsonParserError(z.prettifyError(parsed.error));
    const [graph] = parsed.data.graphs;
    const requests = graph?.compositeRequest ?? [];
    const ids = requests.map(({ referenceId }) => referenceId);
    if (new Set(ids).size < ids.length) throw badRequest('Duplicate referenceId provided');
    const made: { request: SubRequest; answer: ApiAnswer; id: string }[] = [];
    for (const request of requests) {
      const known = new Map(made.map(each => [`@{${each.request.referenceId}.id}`, each.id]));
      const [, base = '', path = ''] = inserts.exec(request.url) ?? [];
      const body = Object.fromEntries(
        Object.entries(request.body).map(([name, value]) => [name, known.get(String(value)) ?? value]),
      );
      const answer = call.answer({
        ...call,
        method: 'POST',
        path,
        query: new URLSearchParams(),
        headers: {},
        body,
        base,
      });
      if (answer.status >= 400) return graphAnswer(graph?.graphId, requests, undo(call, made, { request, answer }));
      made.push({ request, answer, id: z.object({ id: z.string() }).parse(answer.body).id });
    }
    return graphAnswer(
      graph?.graphId,
      requests,
      new Map(made.map(({ request, answer }) => [request.referenceId, answer])),
    );
  }),
];

const halted: ApiAnswer = {
  status: 400,
  body: [
    {
      errorCode: 'PROCESSING_HALTED',
      message: 'The transaction was rolled back since another operation in the same transaction failed.',
    },
  ],
};

/** Takes back what was made before one failed. */
function undo(
  { org }: ApiCall,
  made: readonly { id: string }[],
  failed: { request: SubRequest; answer: ApiAnswer },
): Map<string, ApiAnswer> {
  for (const { id } of made) {
    const row = org.find(id)?.row;
    if (row) row.IsDeleted = true;
  }
  return new Map([[failed.request.referenceId, failed.answer]]);
}

function graphAnswer(graphId: string | undefined, requests: SubRequest[], answers: Map<string, ApiAnswer>): ApiAnswer {
  const parts = requests.map(({ referenceId }) => ({ referenceId, ...(answers.get(referenceId) ?? halted) }));
  return ok({
    graphs: [
      {
        graphId,
        isSuccessful: parts.every(({ status }) => status < 400),
        graphResponse: {
          compositeResponse: parts.map(({ referenceId, status, body }) => ({
            body,
            httpHeaders: {},
            httpStatusCode: status,
            referenceId,
          })),
        },
      },
    ],
  });
}
