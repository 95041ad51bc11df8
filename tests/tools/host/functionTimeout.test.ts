import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { appSettings, MAX_ACTION_TIMEOUT_MS } from '../../../shared/settings/common.ts';
import { functionTimeout } from '../../../tools/host/functionTimeout.ts';

test('the longest action timeout that can be set ends 5 s before functionTimeout, which would end all other calls, too', async () => {
  const hostJson = JSON.parse(await readFile(new URL('../../../host.json', import.meta.url), 'utf8'));
  const timeoutMs = functionTimeout.parse(hostJson.functionTimeout);
  expect(timeoutMs).toBe(MAX_ACTION_TIMEOUT_MS + 5_000);
  const allows = (ms: number) => appSettings.safeParse({ ACTION_TIMEOUT_MS: String(ms) }).success;
  expect([allows(MAX_ACTION_TIMEOUT_MS), allows(MAX_ACTION_TIMEOUT_MS + 1)]).toEqual([true, false]);
});

test.each([
  ['00:00:01', 1_000],
  ['00:01:45', 105_000],
  ['01:00:00', 3_600_000],
])('%s is %i ms', (text, milliseconds) => {
  expect(functionTimeout.parse(text)).toBe(milliseconds);
});

test.each(['-1', '105', '00:90:00', '1:00'])('%s is refused', text => {
  expect(functionTimeout.safeParse(text).success).toBe(false);
});
