import { setTimeout } from 'node:timers/promises';
import { type AppOptions, type RunningApp, startApp } from '../support/app.ts';

/** In milliseconds. */
export interface FirstAnswer {
  /** From the start of the process to when it serves. */
  registered: number;
  /** From the start of the process to its first answer, to a call that was sent as soon as it served. */
  answered: number;
}

/** Starts an app and calls it as soon as it serves. */
export async function firstAnswer(options: AppOptions, path: string): Promise<FirstAnswer> {
  const startedAt = performance.now();
  const app = await startApp(options);
  try {
    const registered = performance.now() - startedAt;
    await timeOf(app, path);
    return { registered, answered: performance.now() - startedAt };
  } finally {
    await app.stop();
  }
}

/** In milliseconds. */
export interface AfterIdle {
  first: number;
  /** The median of later calls, one after another. */
  warm: number;
}

const IDLE_MS = 1_000;
/** After so many calls of a kind, more of them make the next one hardly faster. */
const CALLS_TO_WARM = 40;
const WARM_CALLS = 20;

/** Starts an app, leaves it alone for a second, and calls it. */
export async function firstAfterIdle(options: AppOptions, path: string): Promise<AfterIdle> {
  const app = await startApp(options);
  try {
    await setTimeout(IDLE_MS);
    const first = await timeOf(app, path);
    const times: number[] = [];
    for (let count = 0; count < CALLS_TO_WARM + WARM_CALLS; count += 1) times.push(await timeOf(app, path));
    return { first, warm: median(times.slice(CALLS_TO_WARM)) };
  } finally {
    await app.stop();
  }
}

/** Milliseconds that a call takes. @throws when it is not answered with 200 */
export async function timeOf({ url, logs }: Pick<RunningApp, 'url' | 'logs'>, path: string): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(url + path);
  const text = await response.text();
  const time = performance.now() - startedAt;
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}\n${logs()}`);
  return time;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this part of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
