// Runs the long forms of what the suite runs in short: `npm run reliability [-- --calls 10000 --seed 1]`. The last line is
// one JSON object with the figures.
import { parseArgs } from 'node:util';
import { build } from '../../tools/build/build.ts';
import { runCanaries } from './canaries.ts';
import { runHostileTexts } from './hostileTexts.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '10000' }, seed: { type: 'string' } } });
await build();
const report = await runCanaries(Number(values.calls), values.seed === undefined ? undefined : Number(values.seed));
const hostile = await runHostileTexts(4_000_000);
console.log(JSON.stringify({ canaries: { ...report, leaks: report.leaks.slice(0, 20) }, hostileTexts: hostile }));
// On a quiet machine no text holds up another caller for longer.
const MAX_LATE_MS = 100;
if (report.leaks.length > 0 || hostile.bad.length > 0 || hostile.latestHealth.milliseconds > MAX_LATE_MS) {
  process.exitCode = 1;
}
