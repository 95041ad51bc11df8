// Runs the long forms of what the suite runs in short: `npm run reliability [-- --calls 10000 --seed 1]`. The last line is
// one JSON object with the figures.
import { parseArgs } from 'node:util';
import { build } from '../../tools/build/build.ts';
import { runCanaries } from './canaries/runCanaries.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '10000' }, seed: { type: 'string' } } });
await build();
const report = await runCanaries(Number(values.calls), values.seed === undefined ? undefined : Number(values.seed));
console.log(JSON.stringify({ canaries: { ...report, leaks: report.leaks.slice(0, 20) } }));
if (report.leaks.length > 0) process.exitCode = 1;
