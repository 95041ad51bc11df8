import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { type AppOptions, type RunningApp, startApp } from '../support/app.ts';
import { timeOf } from './coldCalls.ts';
import { quantile } from './spread.ts';
import type { Vendors } from './vendors.ts';

export interface Load {
  /** Answers a second. */
  rate: number;
  /** Milliseconds within which 99 of 100 were answered. */
  p99: number;
}

/** So many callers call an app for this time, each again when it has its answer. */
export async function load(app: RunningApp, path: string, callers: number, milliseconds: number): Promise<Load> {
  const startedAt = performance.now();
  const times: number[] = [];
  const caller = async () => {
    while (performance.now() < startedAt + milliseconds) times.push(await timeOf(app, path));
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { rate: times.length / ((performance.now() - startedAt) / 1_000), p99: quantile(times, 0.99) };
}

export interface Burst {
  calls: number;
  failed: number;
  identityRequests: number;
  /** The most reads of one secret. */
  readsPerSecret: number;
  signIns: number;
}

/** Calls an app as often at once, in turn by these paths, as soon as it serves. */
export async function burst(
  options: AppOptions,
  vendors: Vendors,
  paths: readonly string[],
  calls: number,
): Promise<Burst> {
  const { vault, salesforce } = vendors;
  vault.reads.length = 0;
  salesforce.requests.length = 0;
  const before = vault.tokenRequests;
  const app = await startApp(options);
  try {
    const answers = await Promise.all(
      Array.from({ length: calls }, async (_, index) => {
        const response = await fetch(app.url + paths[index % paths.length]);
        await response.arrayBuffer();
        return response.status;
      }),
    );
    const reads = [...Map.groupBy(vault.reads, name => name).values()].map(({ length }) => length);
    return {
      calls,
      failed: answers.filter(status => status !== 200).length,
      identityRequests: vault.tokenRequests - before,
      readsPerSecret: Math.max(...reads),
      signIns: salesforce.requests.filter(name => name.endsWith('/oauth2/token')).length,
    };
  } finally {
    await app.stop();
  }
}

export interface Memory {
  calls: number;
  /** Those of them that a busy machine did not answer in time. */
  failed: number;
  /** Bytes that the process held after each part of the calls, garbage collected before. */
  held: number[];
}

const CALLERS = 50;
const PARTS = 5;
const held = z.object({ bytes: z.number() });

/** What a process holds after each fifth of these calls, in turn by these paths; the first fifth is there to warm it. */
export async function memoryAfter(options: AppOptions, paths: readonly string[], calls: number): Promise<Memory> {
  const measured = new URL('../support/measuredProcess.ts', import.meta.url).href;
  const app = await startApp({ ...options, env: { ...options.env, NODE_OPTIONS: `--import ${measured}` } });
  try {
    const bytes: number[] = [];
    let failed = 0;
    for (let part = 0; part < PARTS; part += 1) {
      let left = Math.ceil(calls / PARTS);
      const caller = async () => {
        while (left-- > 0) {
          await timeOf(app, paths[left % paths.length] ?? '').catch(() => {
            failed += 1;
          });
        }
      };
      await Promise.all(Array.from({ length: CALLERS }, caller));
      bytes.push(await bytesOf(app));
    }
    return { calls, failed, held: bytes };
  } finally {
    await app.stop();
  }
}

const TOLD_MS = 5_000;

async function bytesOf(app: RunningApp): Promise<number> {
  const told = () => [...app.logs().matchAll(/^Holds (\{.+\})$/gm)];
  const before = told().length;
  app.signal('SIGUSR2');
  for (let waited = 0; waited < TOLD_MS; waited += 50) {
    await setTimeout(50);
    const last = told().slice(before).at(-1)?.[1];
    if (last !== undefined) return held.parse(JSON.parse(last)).bytes;
  }
  throw new Error('The process does not tell what it holds.');
}
