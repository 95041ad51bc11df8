import type { Meter } from '@opentelemetry/api';
import { requestAttributes } from './spans.ts';
import type { TelemetryRecord } from './telemetry.ts';

/** Seconds, as the standard has them for HTTP and for MCP, up to the longest that a call may take. */
const seconds = {
  unit: 's',
  advice: { explicitBucketBoundaries: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 100] },
};

/**
 * Counts and times what is recorded. No series has a caller or an input in its name: there are as many as there are actions,
 * outcomes and hosts.
 */
export function createMetrics(meter: Meter): (record: TelemetryRecord) => void {
  const calls = meter.createCounter('connector.calls', { description: 'Calls of actions, by their outcome.' });
  const duration = meter.createHistogram('connector.call.duration', {
    ...seconds,
    description: 'How long calls took.',
  });
  const repeated = meter.createCounter('connector.writes.repeated', {
    description: 'Writes that were not made, because an equal one had just been.',
  });
  const requests = meter.createHistogram('http.client.request.duration', {
    ...seconds,
    description: 'How long requests to upstreams took.',
  });
  const retries = meter.createCounter('connector.upstream.retries', { description: 'Requests sent once more.' });
  const changes = meter.createCounter('connector.upstream.breaker.changes', {
    description: 'How often circuit breakers opened and closed.',
  });
  const open = meter.createUpDownCounter('connector.upstream.breaker.open', {
    description: 'Upstreams that are left alone at the moment.',
  });

  return record => {
    if (record.kind === 'call') {
      const { action, system, code, startedAt, endedAt, isRepeated } = record;
      const of = { 'gen_ai.tool.name': action, 'connector.system': system };
      const outcome = code === 'ok' ? of : { ...of, 'error.type': code };
      calls.add(1, outcome);
      duration.record((endedAt - startedAt) / 1000, outcome);
      if (isRepeated) repeated.add(1, of);
    } else if (record.kind === 'request') {
      const of = requestAttributes(record);
      requests.record((record.endedAt - record.startedAt) / 1000, of);
      if (record.isRetry) retries.add(1, { 'server.address': of['server.address'], 'connector.system': record.system });
    } else {
      const of = { 'server.address': record.target };
      changes.add(1, { ...of, 'connector.breaker.state': record.isOpen ? 'open' : 'closed' });
      open.add(record.isOpen ? 1 : -1, of);
    }
  };
}
