import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leftOver, removeFile } from '../../../tools/generate/leftOver.ts';

const made = 'infra/connector/jira/settings.json';
const notMade = ['infra/connector/erp/mcp/erp/icon.png', 'infra/plugin/openapi.json'];
const notOurs = ['infra/connector/jira/README.md', 'infra/settings.json'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'left-over-'));
  for (const path of [made, ...notMade, ...notOurs]) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), '');
  }
});
afterAll(() => rm(folder, { recursive: true }));

it('finds the generated files that are not made any more, and no others; removes them with their empty folders', async () => {
  const root = pathToFileURL(`${folder}/`);
  expect(await leftOver(root, new Set([made]))).toEqual(notMade);
  for (const path of notMade) await removeFile(root, path);
  expect(await leftOver(root, new Set([made]))).toEqual([]);
  expect(existsSync(join(folder, 'infra/connector/erp'))).toBe(false);
  for (const path of [made, ...notOurs]) expect(existsSync(join(folder, path)), path).toBe(true);
});
