import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyLocalSettings } from '../../../tools/host/localSettings.ts';

let root: string;
let path: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'local-settings-'));
  path = join(root, 'local.settings.json');
});
afterAll(() => rm(root, { recursive: true }));

test('no file is no settings', async () => {
  const env = {};
  await applyLocalSettings(join(root, 'elsewhere'), env);
  expect(env).toEqual({});
});

test('values fill in what the environment lacks, and never replace what it has', async () => {
  await writeFile(path, '{ "IsEncrypted": false, "Values": { "A": "file", "B": "file" } }');
  const env = { A: 'environment' };
  await applyLocalSettings(root, env);
  expect(env).toEqual({ A: 'environment', B: 'file' });
});

test('comments and a byte order mark are passed over, also where a value looks like a comment', async () => {
  await writeFile(path, '\uFEFF{ // one\n "Values": { /* two */ "URL": "https://example.com/*x*/", "Q": "a\\"//b" } }');
  const env = {};
  await applyLocalSettings(root, env);
  expect(env).toEqual({ URL: 'https://example.com/*x*/', Q: 'a"//b' });
});

test.each([
  ['{ "Values": ', /is not valid JSON: /],
  [
    '{ "IsEncrypted": true, "Values": {} }',
    /: IsEncrypted is not false: decrypt the file with `func settings decrypt`/,
  ],
  ['{ "Values": { "PORT": 1 } }', /: Values\.PORT must be a string/],
  ['[]', /: /],
])('%s is refused with the path of the file and what is wrong', async (text, message) => {
  await writeFile(path, text);
  const refused = applyLocalSettings(root, {});
  await expect(refused).rejects.toThrow(path);
  await expect(refused).rejects.toThrow(message);
});

test('where the JSON is malformed it tells the line, counted with the comments, and never what stands there', async () => {
  await writeFile(path, '{\n  /* two\n lines */ "Values": {\n    "A": "x"\n    "B": hidden\n  }\n}');
  const refused = applyLocalSettings(root, {});
  await expect(refused).rejects.toThrow(/is not valid JSON: line 5, column 5\. /);
  await expect(refused).rejects.not.toThrow(/hidden/);
  await writeFile(path, '{\n  "Values": {\n    "A": hidden\n  }\n}');
  await expect(applyLocalSettings(root, {})).rejects.toThrow(/line 3, column 10\. /);
  await expect(applyLocalSettings(root, {})).rejects.not.toThrow(/hidden/);
});

test.each([
  [
    '{ "JIRA_EMAIL": "a@b.c", "Values": {} }',
    'JIRA_EMAIL stands outside of Values, where nothing reads it. Move it into Values.',
  ],
  ['{ "values": { "A": "1" } }', 'values is not read. Did you mean Values? Upper and lower case count.'],
  [
    '{ "ConnectionStrings": { "A": "1" } }',
    'ConnectionStrings is for .NET, and nothing here reads it. Settings belong into Values.',
  ],
])('of %s it tells what nothing reads', async (text, sentence) => {
  await writeFile(path, text);
  const env = {};
  expect(await applyLocalSettings(root, env)).toEqual([`local.settings.json: ${sentence}`]);
  expect(env).toEqual({});
});

test('what Core Tools reads, and an empty list of connection strings, is no reason to warn', async () => {
  await writeFile(path, '{ "IsEncrypted": false, "Values": {}, "Host": { "CORS": "*" }, "ConnectionStrings": {} }');
  expect(await applyLocalSettings(root, {})).toEqual([]);
});
