import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { TelemetrySettings } from '../settings/common.ts';
import type { Environment } from '../settings/setting.ts';
import { createMetrics } from './metrics.ts';
import { callSpan, requestSpan } from './spans.ts';
import type { Exporting, TelemetryRecord } from './telemetry.ts';

/** The build puts package.json's version here. */
const version = process.env.npm_package_version ?? 'unbuilt';
const NAME = 'copilot-connector-backend';

/** An instance may be stopped soon after its last call. */
const SPANS_AFTER_MS = 1_000;
const METRICS_EVERY_MS = 60_000;
/** A collector that does not answer is given up on; what it was to get is dropped. */
const EXPORT_MS = 5_000;
const FLUSH_MS = 5_000;

export interface Exporters {
  spans: SpanExporter;
  metrics: PushMetricExporter;
}

/**
 * Sends spans and metrics to where the settings say: an OTLP endpoint, by the standard's variables, Application Insights, or
 * both. Queues are bounded: what a destination does not take in time is dropped, and no call knows of it.
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export async function startExporting({
  settings,
  env,
}: {
  settings: TelemetrySettings;
  env: Environment;
}): Promise<Exporting> {
  // A collector's trouble is not the log's: it would be a line for each batch.
  diag.setLogger({ error() {}, warn() {}, info() {}, debug() {}, verbose() {} }, DiagLogLevel.NONE);
  const resource = resourceFromAttributes({
    'service.name': env.OTEL_SERVICE_NAME ?? env.WEBSITE_SITE_NAME ?? NAME,
    'service.version': version,
    ...(env.WEBSITE_INSTANCE_ID && { 'service.instance.id': env.WEBSITE_INSTANCE_ID }),
    ...(env.WEBSITE_SITE_NAME && { 'cloud.provider': 'azure', 'cloud.platform': 'azure.functions' }),
  });
  const common = { resource, instrumentationScope: { name: NAME, version } };
  const all = await exportersFor(settings, env);
  const processors = all.map(
    ({ spans }) =>
      new BatchSpanProcessor(spans, {
        scheduledDelayMillis: Number(env.OTEL_BSP_SCHEDULE_DELAY) || SPANS_AFTER_MS,
        exportTimeoutMillis: EXPORT_MS,
      }),
  );
  const everyMs = Number(env.OTEL_METRIC_EXPORT_INTERVAL) || METRICS_EVERY_MS;
  const meters = new MeterProvider({
    resource,
    readers: all.map(
      ({ metrics }) =>
        new PeriodicExportingMetricReader({
          exporter: metrics,
          exportIntervalMillis: everyMs,
          exportTimeoutMillis: Math.min(EXPORT_MS, everyMs),
        }),
    ),
  });
  const count = createMetrics(meters.getMeter(NAME, version));

  const add = (record: TelemetryRecord) => {
    count(record);
    if (record.kind === 'breaker') return;
    const span = record.kind === 'call' ? callSpan(record, common) : requestSpan(record, common);
    for (const processor of processors) processor.onEnd(span);
  };
  return {
    record(record) {
      try {
        add(record);
      } catch {
        // A call is not to fail for what is told of it.
      }
    },
    async flush() {
      const sent = Promise.allSettled([meters.forceFlush(), ...processors.map(processor => processor.forceFlush())]);
      await Promise.race([sent, new Promise(resolve => setTimeout(resolve, FLUSH_MS).unref())]);
    },
  };
}

async function exportersFor(settings: TelemetrySettings, env: Environment): Promise<Exporters[]> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, APPLICATIONINSIGHTS_CONNECTION_STRING: insights } = settings;
  const exporters: Exporters[] = [];
  if (endpoint) exporters.push(collector(endpoint, settings.OTEL_EXPORTER_OTLP_PROTOCOL));
  if (insights) {
    const { azureMonitor } = await import('./azureMonitor.ts');
    exporters.push(azureMonitor(insights, settings.AZURE_CLIENT_ID, env));
  }
  return exporters;
}

/** The exporters read the standard's other variables, such as OTEL_EXPORTER_OTLP_HEADERS, themselves. */
function collector(endpoint: string, protocol: TelemetrySettings['OTEL_EXPORTER_OTLP_PROTOCOL']): Exporters {
  const isJson = protocol === 'http/json';
  const to = (signal: string) => ({ url: `${endpoint}/v1/${signal}`, timeoutMillis: EXPORT_MS, concurrencyLimit: 4 });
  return {
    spans: isJson ? new JsonTraceExporter(to('traces')) : new OTLPTraceExporter(to('traces')),
    metrics: isJson ? new JsonMetricExporter(to('metrics')) : new OTLPMetricExporter(to('metrics')),
  };
}
