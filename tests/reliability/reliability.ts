// The long forms of what the suite tries in short, one after another: `npm run reliability`. It writes docs/reliability.md
// when all of them were run, and its last line is one JSON object with the figures.
//
// --only canaries,users,race,fuzz,faults,soak   some of them, without the page
// --seed 1                                to make a run again
// --calls, --writes, --requests, --seconds   how much of each
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../../tools/build/build.ts';
import { allActions } from './callAction.ts';
import { runCanaries } from './canaries/runCanaries.ts';
import { isWrong, runFaultMatrix } from './faults/runFaultMatrix.ts';
import { runFuzz } from './fuzz/runFuzz.ts';
import { runRace } from './ledger/runRace.ts';
import { newSeed } from './random.ts';
import { inWords, type Result, reliabilityPage } from './reliabilityPage.ts';
import { runSoak } from './soak/runSoak.ts';
import { runHostileTexts } from './texts/runHostileTexts.ts';
import { runUsers } from './users/runUsers.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seed: { type: 'string' },
    calls: { type: 'string', default: '10000' },
    writes: { type: 'string', default: '300' },
    requests: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '600' },
  },
});
/** The largest answer of an upstream that plays with texts. */
const HOSTILE_CHARACTERS = 4_000_000;
/** On a quiet machine no text holds up another caller for longer. */
const MAX_LATE_MS = 100;

const seed = values.seed === undefined ? newSeed() : Number(values.seed);

const parts: Record<string, () => Promise<Result>> = {
  async canaries() {
    const { leaks, answered, refused, failed, shown, continued, swapped, calls } = await runCanaries(
      Number(values.calls),
      seed,
    );
    return {
      title: 'Nobody is shown what is closed to them',
      tried: `${count(calls)} mixed calls of seven callers with three policies, by keys and by sign-ins, over HTTP and MCP`,
      figures: {
        answered,
        refused,
        failed,
        answersWithMarks: shown,
        pagesContinued: continued,
        pageTokensSwapped: swapped,
      },
      wrong: leaks,
    };
  },
  async users() {
    const ways = ['own sign-in', 'service credential'] as const;
    const each = Math.round(Number(values.calls) / ways.length);
    const reports = [];
    for (const way of ways) reports.push({ way, ...(await runUsers(each, way, seed)) });
    return {
      title: 'Users see what they may see',
      tried: `${count(each)} mixed calls each way, by sign-ins of one's own at the vendors and by a credential of the service, of users with different rights`,
      figures: Object.fromEntries(
        reports.flatMap(({ way, answered, refused, failed, shown, continued, swapped }) =>
          Object.entries({ answered, refused, failed, answersWithMarks: shown, continued, swapped }).map(
            ([name, value]) => [`${way}, ${inWords(name)}`, value],
          ),
        ),
      ),
      wrong: reports.flatMap(({ leaks }) => leaks),
    };
  },
  async race() {
    const { wrong, settings, writes, calls, faults, kills, done, unsure } = await runRace(Number(values.writes), seed);
    return {
      title: 'A write happens once',
      tried: `${count(writes)} writes, each asked for four times of two processes with one ledger, one of them with a wrong clock`,
      figures: {
        calls,
        faults,
        kills,
        toldAsDone: done,
        toldAsUnsure: unsure,
        madeOfABA: settings.map(({ made }) => made).join(', '),
      },
      wrong: [...wrong, ...settings.filter(({ made }) => made !== 3)],
    };
  },
  async fuzz() {
    const { requests, codes, wrong } = await runFuzz(Number(values.requests), seed);
    return {
      title: 'No request is answered with a bug, a stack or a secret',
      tried: `${count(requests)} odd requests, for ${allActions.length} actions and MCP`,
      figures: codes,
      wrong,
    };
  },
  async faults() {
    const rows = await runFaultMatrix();
    const retryable = rows.filter(({ got }) => got.endsWith('again')).length;
    return {
      title: "A vendor's fault is told as what it is",
      tried: `${count(rows.length)} calls: every action, with every fault, at each stage`,
      figures: {
        done: rows.filter(({ got }) => got === '200').length,
        retryable,
        writtenTwice: rows.filter(({ made }) => made > 1).length,
      },
      wrong: rows.filter(isWrong),
      rows,
    };
  },
  async texts() {
    const { calls, answered, bad, latestHealth, quietHealth } = await runHostileTexts(HOSTILE_CHARACTERS);
    const late = Math.round(latestHealth.milliseconds);
    return {
      title: 'No text stops the process',
      tried: `${count(calls)} reads of texts of ten times the vendors' limits, up to ${count(HOSTILE_CHARACTERS)} characters an answer`,
      figures: {
        answered,
        latestHealthInMilliseconds: late,
        latestHealthWhileQuiet: Math.round(quietHealth),
        during: latestHealth.during,
      },
      wrong: [...bad, ...(late > MAX_LATE_MS ? [`health was ${late} ms late during ${latestHealth.during}`] : [])],
    };
  },
  async soak() {
    const { seconds, calls, faults, codes, samples, growth, wrong } = await runSoak(Number(values.seconds), seed);
    const figures = {
      calls,
      faults,
      samples: samples.length,
      bytesAtFirst: samples[0]?.bytes ?? 0,
      bytesAtLast: samples.at(-1)?.bytes ?? 0,
      growthInBytes: growth.bytes,
      growthInHandles: growth.handles,
      growthInFiles: growth.files,
      ...codes,
    };
    return {
      title: 'It does not grow',
      tried: `${count(seconds)} seconds of calls with random faults`,
      figures,
      wrong,
    };
  },
};

const only = values.only.split(',').filter(Boolean);
const unknown = only.find(name => !(name in parts));
if (unknown !== undefined) throw new Error(`There is no ${unknown}. There are ${Object.keys(parts).join(', ')}.`);

await build();
const results: Record<string, Result> = {};
for (const [name, run] of Object.entries(parts)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const result = await run();
  results[name] = result;
  console.log(
    `${name}: ${result.tried}: ${result.wrong.length === 0 ? 'as it must be' : `${result.wrong.length} wrong`}`,
  );
  for (const each of result.wrong.slice(0, 20)) console.error(JSON.stringify(each));
}
if (only.length === 0) {
  const page = reliabilityPage(Object.values(results), { seed, day: new Date().toISOString().slice(0, 10) });
  await writeFile(resolve(import.meta.dirname, '../../docs/reliability.md'), page);
}
const figures = Object.entries(results).map(([name, { figures, wrong }]) => [
  name,
  { ...figures, wrong: wrong.length },
]);
console.log(JSON.stringify({ seed, ...Object.fromEntries(figures) }));
if (Object.values(results).some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;

function count(number: number): string {
  return number.toLocaleString('en');
}
