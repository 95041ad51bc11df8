import * as z from 'zod';
import { badRequest, jsonParserError, Refusal } from '../errors.ts';
import { type ApiAnswer, type ApiCall, ok, type Route, route } from '../router.ts';

const maxNodes = 500;
const nodeUrl = /^(\/services\/data\/v\d+\.0)\/(sobjects\/\w+(?:\/\w+)?)\/?$/;

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_graph.htm */
const bodySchema = z.strictObject({
  graphs: z
    .array(
      z.strictObject({
        graphId: z.string().regex(/^[A-Za-z0-9][\w-]{0,39}$/),
        compositeRequest: z
          .array(
            z.strictObject({
              method: z.enum(['POST', 'PATCH']),
              url: z.string(),
              referenceId: z.string().regex(/^[A-Za-z0-9]\w*$/),
              body: z.record(z.string(), z.unknown()),
            }),
          )
          .min(1),
      }),
    )
    .min(1),
});

type Node = z.infer<typeof bodySchema>['graphs'][number]['compositeRequest'][number];

/** Each graph is written whole or not at all; a node may use what those before it gave, as `@{reference.id}`. */
export const compositeGraphRoutes: Route[] = [
  route('POST', 'composite/graph', call => {
    const parsed = bodySchema.safeParse(call.body);
    if (!parsed.success) throw jsonParserError(z.prettifyError(parsed.error));
    const { graphs } = parsed.data;
    const nodes = graphs.flatMap(({ compositeRequest }) => compositeRequest);
    if (nodes.length > maxNodes) throw badRequest(`Maximum number of nodes exceeded: ${nodes.length}`);
    return ok({
      graphs: graphs.map(({ graphId, compositeRequest }) => {
        const { answers, isSuccessful } = carryOut(call, compositeRequest);
        const compositeResponse = compositeRequest.map(({ referenceId }, at) => ({
          body: answers[at]?.body ?? null,
          httpHeaders: {},
          httpStatusCode: answers[at]?.status ?? 400,
          referenceId,
        }));
        return { graphId, graphResponse: { compositeResponse }, isSuccessful };
      }),
    });
  }),
];

function carryOut(call: ApiCall, nodes: readonly Node[]): { answers: ApiAnswer[]; isSuccessful: boolean } {
  const undo = call.org.savepoint();
  const made = new Map<string, unknown>();
  const answers: ApiAnswer[] = [];
  for (const { method, url, referenceId, body } of nodes) {
    const [, base, path] = nodeUrl.exec(filled(url, made)) ?? [];
    const values = Object.fromEntries(
      Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? filled(value, made) : value]),
    );
    const answer =
      base && path
        ? call.answer({ ...call, method, path, query: new URLSearchParams(), headers: {}, body: values, base })
        : { status: 400, body: badRequest(`Invalid subrequest URL: ${url}`).body };
    answers.push(answer);
    if (answer.status >= 400) {
      undo();
      return { answers: nodes.map((_, at) => (at === answers.length - 1 ? answer : halted())), isSuccessful: false };
    }
    made.set(referenceId, answer.body);
  }
  return { answers, isSuccessful: true };
}

const halted = (): ApiAnswer => ({
  status: 400,
  body: new Refusal(400, {
    errorCode: 'PROCESSING_HALTED',
    message: 'The transaction was rolled back since another operation in the same transaction failed.',
  }).body,
});

const created = z.object({ id: z.string() });

const filled = (text: string, made: ReadonlyMap<string, unknown>): string =>
  text.replace(/@\{(\w+)\.id\}/g, (whole, reference: string) => {
    const { data } = created.safeParse(made.get(reference));
    return data?.id ?? whole;
  });
