// The benchmarks: ratios of things measured in turn in one run, since a time alone says nothing on a shared machine.
// It writes docs/performance.md, and the last line of the output is one JSON object.
//
// --starts 10      how many starts of each app the figures of first calls are of
// --rounds 7       how many rounds the figures of warm calls are of
// --calls 100000   after how many calls the memory is measured
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../../tools/build/build.ts';
import { type AppOptions, startApp } from '../support/app.ts';
import { appFolder, bundled, sizeOf } from './bundles.ts';
import { firstAfterIdle, firstAnswer, registrationTime, timeOf } from './coldCalls.ts';
import { burst, type Load, load, memoryAfter } from './manyCalls.ts';
import { type Figures, performancePage } from './performancePage.ts';
import { compare, compared } from './spread.ts';
import { startVendors } from './vendors.ts';

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '7' },
    calls: { type: 'string', default: '100000' },
  },
});
const starts = Number(values.starts);
const rounds = Number(values.rounds);
const CALLERS = 50;
const ROUND_MS = 2_000;
const BURST_CALLS = 1_000;

const ours = resolve(import.meta.dirname, '../../dist');
const calls = {
  jira: '/api/jira/getProjectUpdates?projectId=ATLAS&since=7d',
  salesforce: '/api/salesforce/findAccounts?name=Contoso',
} as const;

await build();
const vendors = await startVendors();
const [bare, handwritten] = [await bundled('bare'), await bundled('handwritten')];
const deployed = { env: { ...vendors.settings, WARM_UP: 'true' } };
const cold = { env: { ...vendors.settings, WARM_UP: 'false' } };
// The vendors learn what they are asked, so that their answers cost nothing later.
for (const path of Object.values(calls)) await firstAnswer(cold, path);
const bytes = await vendors.searchBytes();

const registered = await compare(
  Math.max(15, starts),
  () => registrationTime(ours),
  () => registrationTime(bare),
);
const firstAnswers = await compareFirstAnswers();
const atOnce = { jira: await compareWarmUp(calls.jira), salesforce: await compareWarmUp(calls.salesforce) };
const afterIdle = {
  jira: await idleOf(deployed, calls.jira),
  salesforce: await idleOf(deployed, calls.salesforce),
  bare: await idleOf({ root: bare }, '/api/hello'),
};
const warm = await compareWarm();
const bursts = {
  warmUp: await burst(deployed, vendors, Object.values(calls), BURST_CALLS),
  cold: await burst(cold, vendors, Object.values(calls), BURST_CALLS),
};
const memory = await memoryAfter(deployed, Object.values(calls), Number(values.calls));
await vendors.close();

const figures: Figures = {
  day: new Date().toISOString().slice(0, 10),
  machine: `${navigator.hardwareConcurrency} cores (${cpus()[0]?.model.trim()}), Node ${process.version}`,
  starts,
  rounds,
  registered,
  firstAnswers,
  atOnce,
  afterIdle,
  ...warm,
  bursts,
  memory,
  size: await sizeOf(ours),
};
await writeFile(resolve(import.meta.dirname, '../../docs/performance.md'), performancePage(figures));
console.log(JSON.stringify(figures));

/** From the start to the first Jira answer: the whole of it, and what is left when what a bare app takes is left out. */
async function compareFirstAnswers() {
  const whole: [number, number][] = [];
  const own: [number, number][] = [];
  for (let count = 0; count < starts; count += 1) {
    const host = sum(await firstAnswer({ root: bare }, '/api/hello'));
    const app = sum(await firstAnswer(deployed, calls.jira));
    const tutorial = sum(await firstAnswer({ ...deployed, root: appFolder('tutorial') }, calls.jira));
    whole.push([app, tutorial]);
    own.push([app - host, tutorial - host]);
  }
  return { whole: compared(whole), withoutBare: compared(own) };
}

/** A call that is sent as soon as the app serves, with the warm-up and without it. */
function compareWarmUp(path: string) {
  const answer = async (options: typeof deployed) => (await firstAnswer(options, path)).answer;
  return compare(
    starts,
    () => answer(deployed),
    () => answer(cold),
  );
}

async function idleOf(options: AppOptions, path: string) {
  const pairs: [number, number][] = [];
  for (let count = 0; count < starts; count += 1) {
    const { first, warm } = await firstAfterIdle(options, path);
    pairs.push([first, warm]);
  }
  return compared(pairs);
}

async function compareWarm() {
  const app = await startApp(deployed);
  const others = {
    handwritten: await startApp({ root: handwritten, env: vendors.withoutVault }),
    tutorial: await startApp({ ...deployed, root: appFolder('tutorial') }),
  };
  const all = [app, others.handwritten, others.tutorial];
  for (const each of all) await load(each, calls.jira, CALLERS, ROUND_MS);

  const asked = () => [vendors.jira.requests.length, vendors.vault.reads.length, vendors.vault.tokenRequests];
  const before = asked();
  const answer = await (await fetch(app.url + calls.jira)).arrayBuffer();
  const [upstream = 0, vault = 0, identity = 0] = asked().map((count, at) => count - (before[at] ?? 0));

  const measured: Load[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const loads: Load[] = [];
    for (const each of all) loads.push(await load(each, calls.jira, CALLERS, ROUND_MS));
    measured.push(loads);
    for (const { requests } of [vendors.jira, vendors.salesforce]) requests.length = 0;
  }
  const one = await compare(
    rounds * 10,
    () => timeOf(app, calls.jira),
    () => timeOf(others.handwritten, calls.jira),
  );
  await Promise.all(all.map(each => each.stop()));
  const by = (what: keyof Load, other: 1 | 2) =>
    compared(measured.map(loads => [loads[0]?.[what] ?? Number.NaN, loads[other]?.[what] ?? Number.NaN]));
  return {
    rate: { handwritten: by('rate', 1), tutorial: by('rate', 2) },
    p99: { handwritten: by('p99', 1), tutorial: by('p99', 2) },
    one,
    perWarmRead: { upstream, vault, identity },
    answerBytes: { ours: answer.byteLength, asked: bytes.asked, full: bytes.full },
  };
}

function sum({ registered, answer }: { registered: number; answer: number }): number {
  return registered + answer;
}
