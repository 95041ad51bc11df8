import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type AppOptions, type RunningApp, startApp } from '../support/app.ts';
import { median } from './spread.ts';

const run = promisify(execFile);

/** Milliseconds that a process lives which loads the app in this folder under a worker's core module, and ends. */
export async function registrationTime(folder: string): Promise<number> {
  const script = `
    const { Module } = require('node:module');
    const core = { version: '4', hostVersion: '4', registerFunction: () => ({ dispose() {} }), registerHook: () => ({ dispose() {} }), setProgrammingModel() {}, log() {}, Disposable: class {} };
    const load = Module.prototype.require;
    Module.prototype.require = function (id) { return id === '@azure/functions-core' ? core : load.call(this, id); };
    import(process.argv[1]);
  `;
  const startedAt = performance.now();
  await run(process.execPath, ['-e', script, resolve(folder, 'index.js')]);
  return performance.now() - startedAt;
}

/** In milliseconds. */
export interface FirstAnswer {
  /** From the start of the process to when it serves. */
  registered: number;
  /** From then to the answer to a call that was sent at once. */
  answer: number;
}

/** Starts an app and calls it as soon as it serves. */
export async function firstAnswer(options: AppOptions, path: string): Promise<FirstAnswer> {
  const startedAt = performance.now();
  const app = await startApp(options);
  try {
    const registered = performance.now() - startedAt;
    return { registered, answer: await timeOf(app, path) };
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
