import { randomUUID } from 'node:crypto';
import type { Config } from '../settings/config.ts';
import type { Environment } from '../settings/setting.ts';

/** A place in a trace, in hexadecimal: https://www.w3.org/TR/trace-context/#traceparent-header */
export interface TracePlace {
  traceId: string;
  spanId: string;
}

interface Timed extends TracePlace {
  parentSpanId: string | undefined;
  /** Milliseconds since the epoch, as `endedAt`. */
  startedAt: number;
  endedAt: number;
}

/** A call that is over. It holds what its log line holds, and no more. */
export interface CallRecord extends Timed {
  kind: 'call';
  action: string;
  system: string;
  /** `ok`, or the failure's code. */
  code: string;
  isMcp: boolean;
  caller: string;
  correlationId: string;
  /** Whether it was a write that was not made, because an equal one had just been. */
  isRepeated: boolean;
}

/** A request to an upstream that is over: no path and no query, which may hold what the user typed. */
export interface RequestRecord extends Timed {
  kind: 'request';
  system: string;
  /** The host, or the database. */
  target: string;
  isRetry: boolean;
  method?: string;
  status?: number;
  /** The failure's code, where no answer is known. */
  error?: string;
}

/** A circuit breaker that opened or closed. */
interface BreakerRecord {
  kind: 'breaker';
  target: string;
  isOpen: boolean;
}

export type TelemetryRecord = CallRecord | RequestRecord | BreakerRecord;

/** Makes spans and metrics of records, and sends them. */
export interface Exporting {
  /** Never throws, and never waits. */
  record(record: TelemetryRecord): void;
  /** Sends what is there, and gives up after a moment. */
  flush(): Promise<void>;
}

export interface Telemetry {
  record(record: TelemetryRecord): void;
  flush(): Promise<void>;
}

/** The SDK is loaded once the first call has had its answer. */
const LOAD_AFTER_MS = 250;
/** What is remembered until the SDK is loaded. */
const MAX_WAITING = 2_000;

/**
 * Spans and metrics by OpenTelemetry; undefined unless the settings turn them on, and where one of them is wrong, which the
 * readiness report tells. What is recorded costs a push to an array: the SDK is loaded, and at work, beside the calls.
 */
export function openTelemetry({ config, env }: { config: Config; env: Environment }): Telemetry | undefined {
  if (config.telemetry.problems().length > 0 || config.telemetry.read().OPEN_TELEMETRY !== 'true') return undefined;
  const waiting: TelemetryRecord[] = [];
  let exporting: Exporting | undefined;
  let loading: Promise<void> | undefined;

  const load = async () => {
    const { startExporting } = await import('./exporting.ts');
    exporting = await startExporting({ settings: config.telemetry.read(), env });
    for (const record of waiting.splice(0)) exporting.record(record);
  };
  const loadOnce = () => {
    loading ??= load().catch(error => {
      console.warn(`Spans and metrics are off: ${error instanceof Error ? error.name : typeof error}.`);
    });
    return loading;
  };

  return {
    record(record) {
      if (exporting) return exporting.record(record);
      if (waiting.length === 0) setTimeout(loadOnce, LOAD_AFTER_MS).unref();
      if (waiting.length < MAX_WAITING) waiting.push(record);
    },
    async flush() {
      if (waiting.length > 0) await loadOnce();
      await exporting?.flush();
    },
  };
}

/** Node keeps random bytes ready for UUIDs, and for nothing else. */
export function newSpanId(): string {
  return randomUUID().replaceAll('-', '').slice(16);
}
