import { Worker } from 'node:worker_threads';
import { systems } from '../../../functions/everySystem.ts';
import { findSandbox } from '../../../tools/sandboxes.ts';
import { startApp } from '../../support/app.ts';
import { type HostileUpstream, hostileShapes, startHostileUpstream } from '../../support/hostileUpstream.ts';
import { request } from '../../support/request.ts';
import { sandboxedActions } from '../../support/sandboxedActions.ts';

export interface HostileReport {
  calls: number;
  /** Calls that were answered with 200: the others say what is wrong, and none is a bug. */
  answered: number;
  /** Answers that a caller must not get: a bug, one above its size, or one with what must not reach a model. */
  bad: string[];
  /** The latest answer of /api/health while texts were worked on, in milliseconds, and meanwhile of which call. */
  latestHealth: { milliseconds: number; during: string };
  /** The same while nothing else was done: what this machine is good for. */
  quietHealth: number;
}

const MAX_BYTES = 65_536;

/** A thread of its own asks for health again and again, because this one is busy with making answers. */
const prober = `
  const { parentPort, workerData } = require('node:worker_threads');
  let latest = 0;
  parentPort.on('message', () => { parentPort.postMessage(latest); latest = 0; });
  (async () => {
    for (;;) {
      const start = performance.now();
      await (await fetch(workerData)).text();
      latest = Math.max(latest, performance.now() - start);
      await new Promise(done => setTimeout(done, 5));
    }
  })();
`;

/** What must not reach a model, as it stands in JSON. */
const forbidden = /!\[|\]\((?!https?:|mailto:|accountid:)|<img|[\u200b\u202e]|\\u00[01]/i;

/**
 * Every action that reads is answered by upstreams whose texts, documents and lists are ten times what the vendors allow,
 * up to `largest` characters an answer.
 */
export async function runHostileTexts(largest: number, shapes = hostileShapes): Promise<HostileReport> {
  const env: Record<string, string> = { MAX_RESPONSE_BYTES: String(MAX_BYTES) };
  const closing: (() => Promise<unknown>)[] = [];
  const upstreams: HostileUpstream[] = [];
  for (const system of systems) {
    const sandbox = await (await findSandbox(system))?.();
    if (!sandbox) continue;
    closing.push(() => sandbox.close());
    const settings = Object.entries(sandbox.settings);
    const urls = new Set(settings.flatMap(([, value]) => (/^http:/.test(value) ? [new URL(value).origin] : [])));
    for (const url of urls) {
      const upstream = await startHostileUpstream(url, largest);
      upstreams.push(upstream);
      closing.push(() => upstream.close());
      for (const entry of settings) entry[1] = entry[1].replace(url, upstream.url);
    }
    Object.assign(env, Object.fromEntries(settings));
  }
  const app = await startApp({ env });
  closing.unshift(() => app.stop());
  const worker = new Worker(prober, { eval: true, workerData: `${app.url}/api/health` });
  closing.unshift(() => worker.terminate());
  const latest = () =>
    new Promise<number>(resolve => {
      worker.once('message', resolve);
      worker.postMessage('');
    });

  const report: HostileReport = {
    calls: 0,
    answered: 0,
    bad: [],
    latestHealth: { milliseconds: 0, during: '' },
    quietHealth: 0,
  };
  const reads = sandboxedActions.filter(({ access }) => access === 'read');
  const call = async ({ name, system, example, paged }: (typeof reads)[number]) => {
    const inputs = { ...example, ...(paged && { limit: 100 }) };
    const query = new URLSearchParams(
      Object.entries(inputs).map(([key, value]): [string, string] => [key, String(value)]),
    );
    return request<Record<string, unknown>>(`${app.url}/api/${system}/${name}?${query}`);
  };
  try {
    // What is loaded once, and signed in once, is not what is measured.
    for (const action of reads) await call(action);
    await latest();
    await new Promise(done => setTimeout(done, 500));
    report.quietHealth = await latest();
    for (const shape of shapes) {
      for (const upstream of upstreams) upstream.shape = shape;
      for (const action of reads) {
        const { status, body } = await call(action);
        const text = JSON.stringify(body);
        report.calls += 1;
        if (status === 200) report.answered += 1;
        const during = `${action.name} with ${shape.name}`;
        if (status === 500) report.bad.push(`${during}: ${text.slice(0, 300)}`);
        if (Buffer.byteLength(text) > MAX_BYTES) report.bad.push(`${during}: ${Buffer.byteLength(text)} bytes`);
        const found = forbidden.exec(text);
        if (found) report.bad.push(`${during}: ${text.slice(Math.max(0, found.index - 40), found.index + 40)}`);
        const milliseconds = await latest();
        if (milliseconds > report.latestHealth.milliseconds) report.latestHealth = { milliseconds, during };
      }
    }
    return report;
  } finally {
    for (const close of closing) await close();
  }
}
