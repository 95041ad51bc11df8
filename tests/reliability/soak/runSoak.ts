import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { sandboxUser } from '../../../tools/sandboxUser.ts';
import { type RunningApp, startApp } from '../../support/app.ts';
import { startAzurite } from '../../support/azurite.ts';
import { allActions, callAction } from '../callAction.ts';
import { faultKinds } from '../faults/faultKinds.ts';
import { freshInput, markedInput } from '../ledger/markedInput.ts';
import { newSeed, randomFrom } from '../random.ts';
import { startSandboxes } from '../startSandboxes.ts';

const held = z.object({ bytes: z.int(), handles: z.int(), files: z.int() });

/** What the process holds when nothing is under way. */
interface Sample extends z.infer<typeof held> {
  /** Since the start. */
  seconds: number;
}

export interface SoakReport {
  seed: number;
  seconds: number;
  calls: number;
  faults: number;
  /** How many answers had which code; `ok` for those that were fine. */
  codes: Record<string, number>;
  samples: Sample[];
  /** By how much it grew from the first sample to the last, by the line that fits all of them best. */
  growth: Omit<Sample, 'seconds'>;
  /** What must not have come of it. */
  wrong: string[];
}

const CONCURRENT = 8;
/** At most; a short soak has fewer. */
const MAX_SAMPLES = 12;
const SECONDS_EACH = 15;
/** How much of the time is given to fill caches and connections before the first sample. */
const WARM_UP = 0.25;
/** Connections that are kept alive are closed after a few seconds. */
const IDLE_MS = 6_000;
const TIMEOUT_MS = 1_500;
const FAULTY = 0.1;

/** Without those that mean a wrong setting: an answer that says so is one to look into. */
const expected = faultKinds.filter(({ read }) => read.code !== 'misconfigured');

/** Growth beyond these is a leak: what is collected late, and tables of code, come to less. */
const tolerated = { bytes: 3_000_000, handles: 4, files: 4 };

/**
 * Calls every action in any order, with random faults of the vendors, for so many seconds, and measures now and then what
 * the process holds while nothing is under way.
 */
export async function runSoak(seconds: number, seed = newSeed()): Promise<SoakReport> {
  const { next, pick, below } = randomFrom(seed);
  const sandboxes = await startSandboxes();
  const azurite = await startAzurite();
  await azurite.createTable('audit');
  const app = await startApp({
    env: {
      ...sandboxes.settings,
      ...azurite.settings,
      AUDIT_TABLE_ENDPOINT: azurite.settings.LEDGER_TABLE_ENDPOINT ?? '',
      ...sandboxUser.settings,
      ACTION_TIMEOUT_MS: String(TIMEOUT_MS),
      NODE_OPTIONS: `--import ${new URL('../../support/measuredProcess.ts', import.meta.url).href}`,
    },
  });
  const report: SoakReport = {
    seed,
    seconds,
    calls: 0,
    faults: 0,
    codes: {},
    samples: [],
    growth: { bytes: 0, handles: 0, files: 0 },
    wrong: [],
  };

  const callOnce = async () => {
    const action = pick(allActions);
    if (!action) return;
    if (next() < FAULTY) {
      const server = pick([...sandboxes.servers.values()]);
      const { fault } = pick(expected) ?? {};
      server?.fail({ ...fault, times: 1 + below(3) });
      report.faults += 1;
    }
    report.calls += 1;
    const input = (next() < 0.5 && markedInput(action, `call ${report.calls}`)) || action.example;
    const { status, body } = await callAction(app.url, action, input, sandboxUser.headers);
    const code = status === 200 ? 'ok' : String(body?.code);
    report.codes[code] = (report.codes[code] ?? 0) + 1;
  };

  const loadUntil = async (time: number) => {
    const loop = async () => {
      while (performance.now() < time) await callOnce();
    };
    await Promise.all(Array.from({ length: CONCURRENT }, loop));
    for (const server of sandboxes.servers.values()) {
      server.clearFaults();
      server.requests.length = 0;
    }
  };

  try {
    const start = performance.now();
    const samples = Math.max(4, Math.min(MAX_SAMPLES, Math.floor(seconds / SECONDS_EACH)));
    const warm = seconds * 1000 * WARM_UP;
    await loadUntil(start + warm);
    for (let at = 0; at < samples; at += 1) {
      await delay(IDLE_MS);
      report.samples.push({ seconds: Math.round((performance.now() - start) / 1000), ...(await measure(app)) });
      const left = start + seconds * 1000 - performance.now();
      const pauses = IDLE_MS * (samples - at - 1);
      if (at < samples - 1) await loadUntil(performance.now() + Math.max(1_000, (left - pauses) / (samples - at - 1)));
    }
    for (const kind of ['bytes', 'handles', 'files'] as const) {
      const by = growthOf(report.samples.map(sample => [sample.seconds, sample[kind]]));
      report.growth[kind] = Math.round(by);
      if (by > tolerated[kind]) report.wrong.push(`${kind} grew by ${Math.round(by)}`);
    }
    for (const code of ['internal', 'misconfigured', 'undefined']) {
      if (report.codes[code]) report.wrong.push(`${report.codes[code]} answers were ${code}`);
    }
    for (const action of allActions.filter(({ system }) => sandboxes.servers.has(system))) {
      for (const server of sandboxes.servers.values()) server.reset();
      const { status, body } = await callAction(
        app.url,
        action,
        freshInput(action, 'the last call'),
        sandboxUser.headers,
      );
      if (status !== 200 && body?.code !== 'conflict') report.wrong.push(`${action.name} ends with ${body?.code}`);
    }
    if (/uncaught|unhandled/i.test(app.logs())) report.wrong.push('the log tells of an error that nobody caught');
    return report;
  } finally {
    await app.stop();
    await sandboxes.close();
    await azurite.stop();
  }
}

async function measure(app: RunningApp): Promise<z.infer<typeof held>> {
  const told = () => [...app.logs().matchAll(/^Holds (\{.+\})$/gm)];
  const before = told().length;
  app.signal('SIGUSR2');
  for (let waited = 0; waited < 5_000; waited += 50) {
    await delay(50);
    const last = told().slice(before).at(-1)?.[1];
    if (last !== undefined) return held.parse(JSON.parse(last));
  }
  throw new Error('The process does not tell what it holds.');
}

/** The slope of the line of least squares, times the span that it covers. */
function growthOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const covariance = mean(points.map(([at, value]) => (at - x) * (value - y)));
  const variance = mean(points.map(([at]) => (at - x) ** 2));
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
  return variance === 0 ? 0 : (covariance / variance) * (last - first);
}
