import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { startAzurite } from '../../support/azurite.ts';
import type { WriterOrder, WriterReport } from './ledgerWriter.ts';

export interface LedgerFigures {
  processes: number;
  callersEach: number;
  seconds: number;
  writes: number;
  writesPerSecond: number;
  failed: number;
  /** Milliseconds that the ledger adds to a write. */
  p50: number;
  p95: number;
  /** The share of all writes that the fullest partition had. */
  fullestShare: number;
  partitions: number;
}

export interface SameWrites {
  processes: number;
  /** Writes that differ; every process asks for each. */
  writes: number;
  calls: number;
  /** How often they were carried out, which is once each. */
  made: number;
  repeated: number;
  failed: number;
}

/** Processes that write to one ledger in Azurite as the app does, each with so many calls at a time. */
export async function measureLedger(counts: readonly number[], seconds: number): Promise<LedgerFigures[]> {
  const callersEach = 8;
  const measured: LedgerFigures[] = [];
  for (const processes of counts) {
    const reports = await withWriters(processes, place => ({
      milliseconds: seconds * 1_000,
      callers: callersEach,
      mark: `process ${place} of ${processes}`,
    }));
    const writes = sum(reports.map(report => report.writes));
    const latencies = reports.flatMap(report => report.latencies).sort((one, other) => one - other);
    const partitions = new Map<string, number>();
    for (const report of reports) {
      for (const [name, count] of Object.entries(report.partitions)) {
        partitions.set(name, (partitions.get(name) ?? 0) + count);
      }
    }
    measured.push({
      processes,
      callersEach,
      seconds,
      writes,
      writesPerSecond: writes / seconds,
      failed: sum(reports.map(report => report.failed)),
      p50: latencies[Math.floor(latencies.length * 0.5)] ?? 0,
      p95: latencies[Math.floor(latencies.length * 0.95)] ?? 0,
      fullestShare: Math.max(0, ...partitions.values()) / Math.max(1, writes),
      partitions: partitions.size,
    });
  }
  return measured;
}

/** Processes that all ask for the same writes at the same time. */
export async function measureSameWrites(processes: number, writes: number): Promise<SameWrites> {
  const reports = await withWriters(processes, () => ({
    milliseconds: 60_000,
    callers: 8,
    mark: 'the same',
    calls: writes,
  }));
  return {
    processes,
    writes,
    calls: processes * writes,
    made: sum(reports.map(report => report.writes)),
    repeated: sum(reports.map(report => report.repeated)),
    failed: sum(reports.map(report => report.failed)),
  };
}

/** Starts the processes with an Azurite of their own, has all of them write at once, and ends them. */
async function withWriters(count: number, orderOf: (place: number) => WriterOrder): Promise<WriterReport[]> {
  const azurite = await startAzurite();
  await azurite.createTable('ledger');
  const writers = Array.from({ length: count }, () =>
    fork(resolve(import.meta.dirname, 'ledgerWriter.ts'), { env: { ...process.env, ...azurite.settings } }),
  );
  /** What a process says next; rejects where it ends instead. */
  const said = (writer: (typeof writers)[number]) =>
    new Promise<WriterReport>((told, failed) => {
      writer.once('message', (message: WriterReport) => told(message));
      writer.once('exit', code => failed(new Error(`A process that writes to the ledger ended with ${code}.`)));
    });
  try {
    await Promise.all(writers.map(said));
    return await Promise.all(
      writers.map((writer, place) => {
        writer.send(orderOf(place));
        return said(writer);
      }),
    );
  } finally {
    for (const writer of writers) writer.removeAllListeners('exit');
    await Promise.all(
      writers.map(writer => {
        if (writer.exitCode !== null || !writer.kill()) return undefined;
        return once(writer, 'exit');
      }),
    );
    await azurite.stop();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
