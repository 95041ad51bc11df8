// Reads vitest's JSON reports. `failed <report>` names the files that a second look is worth: few enough that it is not
// all that is broken. `sum <folder>` tells what failed, and ends with the count of the tests.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const filesOf = report => JSON.parse(readFileSync(report, 'utf8')).testResults;
const placeOf = file => relative(process.cwd(), file.name);

/** A file's tests; one that could not be loaded has none, and counts as one that failed. */
const testsOf = file =>
  file.status !== 'passed' && !file.assertionResults.some(({ status }) => status === 'failed')
    ? [
        ...file.assertionResults,
        { fullName: '(the file itself)', status: 'failed', failureMessages: [file.message ?? ''] },
      ]
    : file.assertionResults;

const [, , mode, path] = process.argv;
if (mode === 'failed') {
  const files = existsSync(path)
    ? filesOf(path).filter(file => testsOf(file).some(({ status }) => status === 'failed'))
    : [];
  if (files.length <= 3) console.log(files.map(placeOf).join('\n'));
} else {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const report of globSync(`${path}/*.first.json`)) {
    const second = report.replace('.first.json', '.second.json');
    const again = new Map((existsSync(second) ? filesOf(second) : []).map(file => [file.name, file]));
    for (const first of filesOf(report)) {
      for (const { fullName, failureMessages } of testsOf(first).filter(({ status }) => status === 'failed')) {
        const kind = again.has(first.name) ? 'FAILED AT FIRST' : 'FAILED';
        console.log(`${kind}: ${placeOf(first)}: ${fullName}\n  ${failureMessages.join('\n').slice(0, 1000)}`);
      }
      for (const { fullName, status, failureMessages } of testsOf(again.get(first.name) ?? first)) {
        counts[status === 'passed' || status === 'failed' ? status : 'skipped'] += 1;
        if (status === 'failed' && again.has(first.name)) {
          console.log(
            `FAILED ALONE, TOO: ${placeOf(first)}: ${fullName}\n  ${failureMessages.join('\n').slice(0, 1000)}`,
          );
        }
      }
    }
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}
