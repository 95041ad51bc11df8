import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

const attributes = z
  .array(
    z.object({
      key: z.string(),
      value: z.object({
        stringValue: z.string().optional(),
        intValue: z.coerce.number().optional(),
        boolValue: z.boolean().optional(),
      }),
    }),
  )
  .transform(all =>
    Object.fromEntries(
      all.map(({ key, value: { stringValue, intValue, boolValue } }) => [key, stringValue ?? intValue ?? boolValue]),
    ),
  );

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  attributes,
  status: z.object({ code: z.number().default(0) }),
});

const point = z.object({
  attributes,
  asDouble: z.number().optional(),
  asInt: z.coerce.number().optional(),
  count: z.coerce.number().optional(),
});
const points = z.object({ dataPoints: z.array(point) });
const metric = z.object({ name: z.string(), sum: points.optional(), histogram: points.optional() });

const traces = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});
const metrics = z.object({
  resourceMetrics: z.array(z.object({ scopeMetrics: z.array(z.object({ metrics: z.array(metric) })) })),
});

export type Span = z.output<typeof span>;

/** How the collector answers: as it should, with a status, or never. */
export type Behaviour = number | 'never';

/** Takes OTLP over HTTP, as JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export async function startCollector(first: Behaviour = 200) {
  const bodies: { path: string; body: string }[] = [];
  let behaviour = first;
  const server = createServer(async (request, response) => {
    bodies.push({ path: request.url ?? '', body: await text(request) });
    if (behaviour !== 'never') response.writeHead(behaviour, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const of = (path: string) => bodies.filter(each => each.path === path).map(({ body }) => JSON.parse(body));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Everything that was sent, as it was. */
    bodies,
    behave(next: Behaviour) {
      behaviour = next;
    },
    spans: (): Span[] =>
      of('/v1/traces')
        .flatMap(body => traces.parse(body).resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(scope => scope.spans),
    /** The last value of each series of a metric: how often something was counted or timed, by its attributes. */
    series(name: string): { attributes: Record<string, unknown>; value: number }[] {
      const last = of('/v1/metrics').at(-1);
      if (!last) return [];
      return metrics
        .parse(last)
        .resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap(scope => scope.metrics)
        .filter(each => each.name === name)
        .flatMap(({ sum, histogram }) => (sum ?? histogram)?.dataPoints ?? [])
        .map(({ attributes: of, count, asDouble, asInt }) => ({
          attributes: of,
          value: count ?? asDouble ?? asInt ?? Number.NaN,
        }));
    },
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
