// The benchmarks: ratios of things measured in one run on one machine, since a time alone says nothing on a shared one.
// The last line of the output is one JSON object.
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { startSandbox } from '../../functions/jira/sandbox/startSandbox.ts';
import { startSandboxServer } from '../../shared/sandbox/sandboxServer.ts';
import { build } from '../../tools/build/build.ts';
import { startApp } from '../support/app.ts';
import { startVault } from '../support/vault.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const dist = resolve(root, 'dist');
const appFolder = (name: string) => resolve(import.meta.dirname, 'apps', name);
const path = '/api/jira/getProjectUpdates?projectId=ATLAS&since=7d';

await build();

/** What Jira answered to the action's own search, to be answered again without any work. */
const recorded = await recordSearch();
const jira = await startSandboxServer(() => ({
  headers: { 'content-type': 'application/json' },
  text: recorded.answer,
}));
const vault = await startVault({ 'jira-api-token': 'token' });
const settings = { JIRA_BASE_URL: jira.url, JIRA_EMAIL: 'agent@example.com' };

const bare = await bundled('bare');
const handwritten = await bundled('handwritten');

const registered = await alternate(
  15,
  () => registrationTime(dist),
  () => registrationTime(bare),
);
const firstAnswer = await alternate(
  7,
  () => firstAnswerTime(dist),
  () => firstAnswerTime(appFolder('tutorial')),
);
// What the local host itself takes to start is in both, and says nothing of either.
const hostStart = await medianOf(9, () => firstAnswerTime(bare, '/api/hello'));
const { warm, perWarmRead, answerBytes } = await warmRate();
const size = await bundleSize();

const results = {
  registeredVsBare: round(registered.first / registered.second),
  firstAnswerVsTutorial: round((firstAnswer.first - hostStart) / (firstAnswer.second - hostStart)),
  firstAnswerVsTutorialWithHost: round(firstAnswer.first / firstAnswer.second),
  warmRateVsHandwritten: round(warm.first / warm.second),
  perWarmRead,
  startUpBytes: size.startUp,
  zipBytes: size.zip,
  answerBytesVsVendor: round(answerBytes / Buffer.byteLength(recorded.fullAnswer)),
  answerBytesVsAskedFor: round(answerBytes / Buffer.byteLength(recorded.answer)),
  medians: {
    registeredMs: { ours: round(registered.first), bare: round(registered.second) },
    firstAnswerMs: { ours: round(firstAnswer.first), tutorial: round(firstAnswer.second), hostAlone: round(hostStart) },
    warmRequestsPerSecond: { ours: round(warm.first), handwritten: round(warm.second) },
  },
  machine: { node: process.version, cpus: navigator.hardwareConcurrency },
};
await jira.close();
await vault.close();
console.log(JSON.stringify(results));

/** Takes turns, so that what else the machine does meanwhile meets both alike, and gives the medians. */
async function alternate(rounds: number, first: () => Promise<number>, second: () => Promise<number>) {
  const times: { first: number[]; second: number[] } = { first: [], second: [] };
  for (let count = 0; count < rounds; count += 1) {
    times.first.push(await first());
    times.second.push(await second());
  }
  return { first: median(times.first), second: median(times.second) };
}

/** Milliseconds that a process lives which loads the app under a worker's core module and ends. */
async function registrationTime(folder: string): Promise<number> {
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

/** Milliseconds from starting a process to its first answer, with an empty vault cache and no connection open. */
async function firstAnswerTime(folder: string, pathAndQuery = path): Promise<number> {
  const startedAt = performance.now();
  const app = await startApp({ root: folder, env: { ...settings, ...vault.settings } });
  const response = await fetch(app.url + pathAndQuery);
  await response.arrayBuffer();
  const time = performance.now() - startedAt;
  await app.stop();
  if (response.status !== 200) throw new Error(`${folder} answered ${response.status}:\n${app.logs()}`);
  return time;
}

async function warmRate() {
  const ours = await startApp({ env: { ...settings, ...vault.settings } });
  const theirs = await startApp({ root: handwritten, env: { ...settings, JIRA_API_TOKEN: 'token' } });
  await requestsPerSecond(ours.url, 1_000);
  await requestsPerSecond(theirs.url, 1_000);

  const before = { jira: jira.requests.length, vault: vault.reads.length, identity: vault.tokenRequests };
  const answer = await (await fetch(ours.url + path)).arrayBuffer();
  const perWarmRead = {
    upstream: jira.requests.length - before.jira,
    vault: vault.reads.length - before.vault,
    identity: vault.tokenRequests - before.identity,
  };
  const warm = await alternate(
    7,
    () => requestsPerSecond(ours.url, 1_500),
    () => requestsPerSecond(theirs.url, 1_500),
  );
  await Promise.all([ours.stop(), theirs.stop()]);
  return { warm, perWarmRead, answerBytes: answer.byteLength };
}

async function requestsPerSecond(url: string, milliseconds: number): Promise<number> {
  const until = performance.now() + milliseconds;
  let answers = 0;
  const client = async () => {
    while (performance.now() < until) {
      const response = await fetch(url + path);
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  jira.requests.length = 0;
  return answers / (milliseconds / 1_000);
}

/** Bytes that are loaded before the first call, and of dist/ as a zip. */
async function bundleSize() {
  const files = (await readdir(dist, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile());
  let zip = 22;
  for (const file of files) {
    const content = await readFile(resolve(file.parentPath, file.name));
    zip += deflateRawSync(content).length + 2 * file.name.length + 76;
  }
  const loaded = new Set<string>();
  const load = async (file: string): Promise<number> => {
    if (loaded.has(file)) return 0;
    loaded.add(file);
    const text = await readFile(file, 'utf8');
    const imports = [...text.matchAll(/(?:import|from)\s*"(\.[^"]+)"/g)].map(match =>
      resolve(file, '..', match[1] ?? ''),
    );
    const sizes = await Promise.all(imports.map(load));
    return sizes.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(text));
  };
  return { zip, startUp: await load(resolve(dist, 'index.js')) };
}

/** Bundles a bench app as the build bundles ours, so that the comparison is of what they do. */
async function bundled(name: string): Promise<string> {
  const { build: bundle } = await import('esbuild');
  const { copyFile, writeFile, mkdir } = await import('node:fs/promises');
  const folder = resolve(root, 'node_modules/.cache/bench', name);
  await mkdir(folder, { recursive: true });
  await bundle({
    entryPoints: [resolve(appFolder(name), 'index.ts')],
    outfile: resolve(folder, 'index.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    external: ['@azure/functions-core'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  await copyFile(resolve(appFolder(name), 'host.json'), resolve(folder, 'host.json'));
  await writeFile(resolve(folder, 'package.json'), '{ "type": "module", "main": "index.js" }');
  return folder;
}

/** Asks the sandbox through the app once: what it answered, and what it would have answered to a request for all fields. */
async function recordSearch(): Promise<{ answer: string; fullAnswer: string }> {
  const sandbox = await startSandbox();
  const app = await startApp({ env: { ...sandbox.settings } });
  await fetch(app.url + path);
  await app.stop();
  const sent = JSON.parse(sandbox.requests.at(-1)?.body ?? '{}');
  const { JIRA_EMAIL: email, JIRA_API_TOKEN: token } = sandbox.settings;
  const search = async (fields: string[]) => {
    const response = await fetch(`${sandbox.url}/rest/api/3/search/jql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`,
      },
      body: JSON.stringify({ ...sent, fields }),
    });
    return response.text();
  };
  const [answer, fullAnswer] = [await search(sent.fields), await search(['*all'])];
  await sandbox.close();
  return { answer, fullAnswer };
}

async function medianOf(rounds: number, measure: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < rounds; count += 1) times.push(await measure());
  return median(times);
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
