// Writes docs/scale.md: measures calls and the ledger, simulates scaling out, and reckons costs and limits.
// The last line of the output is one JSON object.
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../../../tools/build/build.ts';
import { assumed, examples, kindsOf, limits, platform, sorts } from './facts.ts';
import { measureCalls } from './measureCalls.ts';
import { measureLedger, measureSameWrites } from './measureLedger.ts';
import { type Load, scalePage } from './scalePage.ts';
import { type Arrivals, poisson, type Scenario, simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    calls: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
  },
});
const seed = Number(values.seed);
/** Long enough for a few hundred calls of the least load, and for bursts. */
const SECONDS = 3_600;
const LEAST_SECONDS = 10 * SECONDS;
const OWN_SECONDS = 120;
const THOUSAND_A_MINUTE_MS = 60;

await build();
const calls = await measureCalls(
  sorts.map(sort => examples[sort]),
  Number(values.calls),
);
const ledger = await measureLedger([1, 8], Number(values.seconds));
const same = await measureSameWrites(8, 200);

const kinds = kindsOf(name => calls.find(({ action }) => action === name)?.cpuMs ?? 0);
const loadOf = (arrivals: Arrivals, seconds: number, more: Partial<Scenario> = {}): Load => ({
  callsPerHour: arrivals.callsPerHour,
  seconds,
  result: simulate({ arrivals: poisson(arrivals, seconds, seed), platform, kinds, limits, seed, ...more }),
});
const loads = [100, 10_000, 1_000_000].map(callsPerHour =>
  loadOf({ callsPerHour, burst: assumed.burst }, callsPerHour < 1_000 ? LEAST_SECONDS : SECONDS),
);
const allReady = { ...platform, alwaysReady: platform.maximumInstances };
const own = [1e6, 5e6, 1e7, 1.5e7, 2e7, 4e7].map(callsPerHour =>
  loadOf({ callsPerHour }, OWN_SECONDS, { limits: {}, platform: allReady }),
);
const fromNothing = [1e6, 5e6].flatMap(callsPerHour =>
  [platform.betweenStartsMs, THOUSAND_A_MINUTE_MS].map(betweenStartsMs => ({
    ...loadOf({ callsPerHour }, OWN_SECONDS, { limits: {}, platform: { ...platform, betweenStartsMs } }),
    instancesPerMinute: 60_000 / betweenStartsMs,
  })),
);

const day = new Date().toISOString().slice(0, 10);
const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim()}), Node ${process.version}`;
const figures = { day, seed, machine, calls, ledger, same, loads, own, fromNothing };
await writeFile(resolve(import.meta.dirname, '../../../docs/scale.md'), scalePage(figures));
console.log(JSON.stringify(figures));
