import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JiraSandbox, startSandbox } from '../../functions/jira/sandbox/startSandbox.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { startCollector } from '../support/collector.ts';
import { request } from '../support/request.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const caller = 'b7ad6b7169203331';

let jira: JiraSandbox;
let collector: Awaited<ReturnType<typeof startCollector>>;
let app: RunningApp;

const on = () => ({
  ...jira.settings,
  OPEN_TELEMETRY: 'true',
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_METRIC_EXPORT_INTERVAL: '300',
  OTEL_BSP_SCHEDULE_DELAY: '100',
});
const search = (query: string, headers: Record<string, string> = {}) =>
  request(`${app.url}/api/jira/searchIssues?${query}`, { headers });

/** A collector gets what was recorded some moments after the call. */
const eventually = <Value>(look: () => Value) => expect.poll(look, { timeout: 15_000 });

beforeAll(async () => {
  [jira, collector] = await Promise.all([startSandbox(), startCollector()]);
  app = await startApp({ env: on() });
});
afterAll(async () => {
  await app.stop();
  await Promise.all([jira.close(), collector.close()]);
});

describe('with OPEN_TELEMETRY', () => {
  it('a call is a span below its caller, and each request to Jira one below the call', async () => {
    jira.requests.length = 0;
    await search('text=unheardofword', { traceparent: `00-${trace}-${caller}-01`, 'x-correlation-id': 'spans-test' });
    const ours = () => collector.spans().filter(({ traceId }) => traceId === trace);
    await eventually(() => ours().some(({ name }) => name === 'execute_tool searchIssues')).toBe(true);
    const call = ours().find(({ name }) => name === 'execute_tool searchIssues');
    expect(call).toMatchObject({
      kind: 1,
      status: { code: 0 },
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'searchIssues',
        'connector.system': 'jira',
        'connector.correlation_id': 'spans-test',
        'enduser.id': 'key',
      },
    });
    const requests = ours().filter(({ kind }) => kind === 3);
    expect(requests).toHaveLength(jira.requests.length);
    for (const { parentSpanId, attributes, startTimeUnixNano, endTimeUnixNano } of requests) {
      expect(parentSpanId).toBe(call?.spanId);
      expect(attributes).toMatchObject({ 'server.address': '127.0.0.1', 'http.response.status_code': 200 });
      expect(endTimeUnixNano).toBeGreaterThanOrEqual(startTimeUnixNano);
    }
    const sent = jira.requests.map(({ headers }) => headers.traceparent);
    expect(sent.toSorted()).toEqual(requests.map(({ spanId }) => `00-${trace}-${spanId}-01`).toSorted());
  });

  it('counts and times calls, retries, failures and repeated writes', async () => {
    jira.fail({ status: 429, headers: { 'retry-after': '0' } });
    await search('projectId=ATLAS');
    await search('projectId=NOPE');
    const comment = { issueKey: 'ATLAS-12', comment: 'The fix is released.' };
    for (const _ of [1, 2]) await request(`${app.url}/api/jira/addComment`, { json: comment });
    const calls = () => collector.series('connector.calls');
    await eventually(() => calls().some(({ attributes }) => attributes['gen_ai.tool.name'] === 'addComment')).toBe(
      true,
    );
    await eventually(() => collector.series('connector.writes.repeated')).toEqual([
      { attributes: { 'gen_ai.tool.name': 'addComment', 'connector.system': 'jira' }, value: 1 },
    ]);
    expect(collector.series('connector.upstream.retries')).toEqual([
      { attributes: { 'server.address': '127.0.0.1', 'connector.system': 'jira' }, value: 1 },
    ]);
    expect(calls().filter(({ attributes }) => 'error.type' in attributes)).toHaveLength(1);
    const timed = collector.series('connector.call.duration').reduce((sum, { value }) => sum + value, 0);
    expect(timed).toBe(calls().reduce((sum, { value }) => sum + value, 0));
  });

  it('sends no input, no secret and no path', async () => {
    const all = () => collector.bodies.map(({ body }) => body).join('\n');
    await eventually(all).toContain('addComment');
    for (const kept of ['unheardofword', 'ATLAS', 'NOPE', 'released', jira.settings.JIRA_API_TOKEN, '/rest/', 'jql']) {
      expect(all()).not.toContain(kept);
    }
  });

  it.each(['00-0-0-0', 'x'.repeat(5_000), `00-${'0'.repeat(32)}-${caller}-01`, `00-${trace}-${'0'.repeat(16)}-01`])(
    'a trace that is none is not taken up: %.40s',
    async traceparent => {
      const seen = new Set(collector.spans().map(({ spanId }) => spanId));
      const fresh = () => collector.spans().filter(({ spanId }) => !seen.has(spanId));
      expect((await search('projectId=ATLAS', { traceparent })).status).toBe(200);
      await eventually(() => fresh().length).toBeGreaterThan(0);
      for (const { traceId, spanId } of fresh()) {
        expect([traceId, spanId]).toEqual([
          expect.stringMatching(/^[0-9a-f]{32}$/),
          expect.stringMatching(/^[0-9a-f]{16}$/),
        ]);
        expect(traceId).not.toMatch(/^0+$/);
      }
    },
  );

  it('sends what waits when the app is stopped', async () => {
    const other = await startApp({ env: { ...on(), OTEL_METRIC_EXPORT_INTERVAL: '600000' } });
    await request(`${other.url}/api/jira/listProjects`, { headers: { 'x-correlation-id': 'sent-at-the-end' } });
    await other.stop();
    expect(collector.bodies.map(({ body }) => body).join()).toContain('sent-at-the-end');
  });

  it.each([500, 413, 'never'] as const)('a collector that answers %s fails and delays no call', async behaviour => {
    collector.behave(behaviour);
    const answers = await Promise.all(Array.from({ length: 30 }, () => search('projectId=ATLAS')));
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
    collector.behave(200);
  });

  it('an endpoint that is none is named by the readiness report, and calls go on without spans', async () => {
    const wrong = await startApp({
      env: { ...on(), OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    });
    const { body } = await request(`${wrong.url}/api/health/ready`);
    expect(JSON.stringify(body)).toMatch(/OTEL_EXPORTER_OTLP_ENDPOINT is wrong.*OTEL_EXPORTER_OTLP_PROTOCOL is wrong/);
    expect((await request(`${wrong.url}/api/jira/listProjects`)).status).toBe(200);
    await wrong.stop();
  });
});

it('without OPEN_TELEMETRY nothing is sent', async () => {
  const before = collector.bodies.length;
  const off = await startApp({ env: { ...on(), OPEN_TELEMETRY: '' } });
  await request(`${off.url}/api/jira/listProjects`, { headers: { 'x-correlation-id': 'kept-to-itself' } });
  await off.stop();
  expect(
    collector.bodies
      .slice(before)
      .map(({ body }) => body)
      .join(),
  ).not.toContain('kept-to-itself');
});
