import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { addSystem, exampleNames } from '../../tools/new/addSystem.ts';
import { type AppOptions, type RunningApp, startApp } from './app.ts';

const projectRoot = resolve(import.meta.dirname, '../..');
const FOLDER = 'examples-app-';
const DAY_MS = 86_400_000;
const GIVE_UP_MS = 25_000;

/** What an app is built from; its own systems aside. */
const copied = [
  'functions/index.ts',
  'functions/app.ts',
  'functions/everySystem.ts',
  'functions/endpoints',
  'shared',
  'tools',
  'examples',
  'product.ts',
  'host.json',
  'package.json',
  'package-lock.json',
];

/**
 * Runs the built app that has this system: the project's own when the system is one of its own, else one made of the
 * examples. So the tests of an example go on working as those of the system that is made from it.
 */
export async function startAppWith(system: string, options: AppOptions = {}): Promise<RunningApp> {
  if (existsSync(join(projectRoot, 'functions', system))) return startApp(options);
  return startApp({ ...options, root: join(await examplesApp(), 'dist') });
}

/** A folder with an app of all examples, built; made once for all test files, and for all runs until a file changes. */
async function examplesApp(): Promise<string> {
  const folder = join(tmpdir(), `${FOLDER}${await fingerprint()}`);
  const lock = `${folder}.lock`;
  for (const startedAt = Date.now(); !existsSync(folder); await setTimeout(100)) {
    const isOurs = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (isOurs) await makeExamplesApp(folder).finally(() => rm(lock, { recursive: true }));
    else if (Date.now() - startedAt > GIVE_UP_MS) throw new Error(`Remove ${lock}: what made it did not end its work.`);
  }
  return folder;
}

async function makeExamplesApp(folder: string): Promise<void> {
  await removeOld();
  const building = await mkdtemp(`${folder}.`);
  try {
    for (const path of copied) await cp(join(projectRoot, path), join(building, path), { recursive: true });
    await writeFile(join(building, 'functions/systems.ts'), '');
    await symlink(join(projectRoot, 'node_modules'), join(building, 'node_modules'), 'junction');
    for (const example of await exampleNames(building)) await addSystem(building, example, example);
    await promisify(execFile)(process.execPath, ['tools/build/build.ts'], { cwd: building });
    await rename(building, folder);
  } catch (error) {
    await rm(building, { recursive: true });
    throw error;
  }
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(projectRoot);
  for (const path of [...copied, 'package-lock.json']) {
    const isFolder = (await stat(join(projectRoot, path))).isDirectory();
    const entries = isFolder ? await readdir(join(projectRoot, path), { recursive: true, withFileTypes: true }) : [];
    const files = isFolder
      ? entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
      : [join(projectRoot, path)];
    for (const file of files.sort()) hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function removeOld(): Promise<void> {
  const folders = (await readdir(tmpdir())).filter(name => name.startsWith(FOLDER));
  for (const folder of folders) {
    const path = join(tmpdir(), folder);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > DAY_MS) await rm(path, { recursive: true, force: true });
  }
}
