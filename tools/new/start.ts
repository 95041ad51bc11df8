import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { systems } from '../../functions/everySystem.ts';
import type { Effect } from '../../shared/action/defineAction.ts';
import { describeSettings } from '../../shared/settings/describeSettings.ts';
import { declaredActions } from '../generate/actionIndex.ts';
import { actionsOfExample, addSystem, exampleNames } from './addSystem.ts';
import { actionFile, type NewAction, plainStarter, type Starter, testFile } from './starter.ts';
import { problemWithName } from './systemName.ts';

const root = resolve(import.meta.dirname, '../..');
const effects: readonly Effect[] = ['adds', 'changes', 'removes'];

type Make = () => Promise<void>;

/** What makes what is asked for, or the sentence that says why it cannot be made. Nothing is written before. */
export async function start(args: string[]): Promise<Make | string> {
  const options = { effect: { type: 'string' }, from: { type: 'string' } } as const;
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const { values: flags, positionals } = parsed;
  const [first = '', name = '', ...rest] = positionals;
  if (rest.length > 0) return `${rest.join(' ')} is more than is understood here.`;
  return first === 'system' ? newSystem(name, flags) : newAction(first, name, flags);
}

type Flags = { effect?: string | undefined; from?: string | undefined };

async function newAction(systemName: string, name: string, flags: Flags): Promise<Make | string> {
  const system = systems.find(known => known.name === systemName);
  if (!system) return `The system must be one of ${systems.map(({ name }) => name).join(', ')}.`;
  if (!/^[a-z]+[A-Z][A-Za-z0-9]{0,50}$/.test(name)) return 'The action must be a verb and a noun in camelCase.';
  const effect = effects.find(known => known === flags.effect);
  if (flags.effect !== undefined && !effect) return `The effect of a write is one of ${effects.join(', ')}.`;
  if (flags.from !== undefined) return '--from is for a system.';
  const file = (await fileOfAction()).get(name.toLowerCase());
  if (file) return `There is functions/${file}.ts already.`;

  return () => makeAction({ name, system: systemName, toolsets: Object.keys(system.toolsets), effect });
}

async function makeAction(action: NewAction): Promise<void> {
  const { name, system } = action;
  const starter = await starterOf(system);
  const files = [`functions/${system}/actions/${name}.ts`, `tests/${system}/actions/${name}.test.ts`] as const;
  await write(files[0], actionFile(action, starter));
  await write(files[1], testFile(action));
  finish(files);
  console.log(`
Now make it yours:
  1. ${files[0]}: what it takes, what it gives, and what run does
  2. npm run generate: the connector, the plugin and docs/actions.md follow
  3. ${files[1]}: npx vitest run ${files[1]}
  4. npm start, and call it
It works as it is. npm run check names each text marked TODO until you have written it.`);
}

async function newSystem(name: string, { from, effect }: Flags): Promise<Make | string> {
  const examples = await exampleNames(root);
  if (from === undefined || !examples.includes(from)) return `--from must be one of ${examples.join(', ')}.`;
  if (effect !== undefined) return '--effect is for an action.';
  const problem = problemWithName(name, {
    settings: describeSettings(systems).flatMap(({ name, system }) => (system ? [] : [name])),
    toolsets: systems.flatMap(({ toolsets }) => Object.keys(toolsets)),
  });
  if (problem) return problem;
  const there = [`functions/${name}`, `tests/${name}`].find(folder => existsSync(join(root, folder)));
  if (there) return `There is ${there} already.`;
  const files = await fileOfAction();
  const sameNames = (await actionsOfExample(root, from)).flatMap(action => files.get(action.toLowerCase()) ?? []);
  if (sameNames.length > 0) {
    return `The names of actions are unique in the app, and ${from} brings some that are there already. Rename or remove these first: ${sameNames.map(file => `functions/${file}.ts`).join(', ')}.`;
  }
  return () => makeSystem(name, from);
}

async function makeSystem(name: string, from: string): Promise<void> {
  const written = await addSystem(root, name, from);
  for (const path of [...written, 'functions/systems.ts']) console.log(`Wrote ${path}`);
  finish([...written.filter(path => path.endsWith('.ts')), 'functions/systems.ts']);
  console.log(`
Now make it yours:
  1. functions/${name}/system.ts, settings.ts, api/: what it is, what it needs, and how it is called
  2. functions/${name}/actions/: what can be asked of it; npm run new -- ${name} <action> starts one more
  3. npx vitest run tests/${name}
  4. npm start, and call it
It works as it is. npm run check names each text marked TODO, which is the example's, until you have written it.`);
}

/** The file of every action, as `<system>/actions/<action>`, by its name in lower case. */
async function fileOfAction(): Promise<Map<string, string>> {
  const declared = await declaredActions(pathToFileURL(`${root}/`), systems);
  return new Map(declared.map(({ action, file }) => [action.name.toLowerCase(), file]));
}

async function starterOf(system: string): Promise<Starter> {
  const file = join(root, `functions/${system}/starter.ts`);
  if (!existsSync(file)) return plainStarter;
  return ((await import(pathToFileURL(file).href)) as { starter: Starter }).starter;
}

async function write(path: string, content: string): Promise<void> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content, { flag: 'wx' });
  console.log(`Wrote ${path}`);
}

/** Lays the new files out, and makes what follows from them. */
function finish(files: readonly string[]): void {
  run('node_modules/@biomejs/biome/bin/biome', 'check', '--write', '--log-level=error', ...files);
  run('tools/generate/generate.ts');
}

/** Runs one of the project's own scripts, and ends with its code when it fails. */
function run(script: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
