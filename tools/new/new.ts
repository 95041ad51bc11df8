// Starts a new action: `npm run new -- <system> <action>`, such as `npm run new -- jira getSprint`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systems } from '../../functions/systems.ts';
import { declaredActions } from '../generate/actionIndex.ts';
import { actionFile, testFile } from './starter.ts';

const root = resolve(import.meta.dirname, '../..');
const [system = '', name = ''] = process.argv.slice(2);

const problem = await problemWith(system, name);
if (problem) {
  console.error(`${problem}\nUsage: npm run new -- <system> <action>, such as npm run new -- jira getSprint`);
  process.exitCode = 1;
} else {
  const files = [`functions/${system}/actions/${name}.ts`, `tests/${system}/actions/${name}.test.ts`] as const;
  await write(files[0], actionFile(system, name));
  await write(files[1], testFile(system, name));
  run('node_modules/@biomejs/biome/bin/biome', 'check', '--write', '--log-level=error', ...files);
  run('tools/generate/generate.ts');
  console.log(`
Now make it yours:
  1. ${files[0]}: what it takes, what it gives, and what run does
  2. npm run generate: the connector, the plugin and docs/actions.md follow
  3. ${files[1]}: npx vitest run ${files[1]}
  4. npm start, and call it`);
}

async function problemWith(system: string, name: string): Promise<string | undefined> {
  const names = systems.map(({ name }) => name);
  if (!names.includes(system)) return `The system must be one of ${names.join(', ')}.`;
  if (!/^[a-z]+[A-Z][A-Za-z0-9]{0,50}$/.test(name)) return 'The action must be a verb and a noun in camelCase.';
  const declared = await declaredActions(pathToFileURL(`${root}/`), systems);
  const same = declared.find(({ action }) => action.name.toLowerCase() === name.toLowerCase());
  return same && `There is functions/${same.file}.ts already.`;
}

async function write(path: string, content: string): Promise<void> {
  const file = join(root, path);
  if (existsSync(file)) throw new Error(`There is ${path} already.`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  console.log(`Wrote ${path}`);
}

/** Runs one of the project's own scripts, and ends with its code when it fails. */
function run(script: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
