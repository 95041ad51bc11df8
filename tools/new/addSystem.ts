import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { markMentions, markPage, markSystem, markTexts } from './placeholders.ts';
import { type Example, renameSystem } from './renameSystem.ts';
import { namesOf } from './systemName.ts';

/** The names of the examples that a system can be made from. */
export async function exampleNames(root: string): Promise<string[]> {
  const entries = await readdir(join(root, 'examples'), { withFileTypes: true });
  return entries
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** The names of the actions that an example has. */
export async function actionsOfExample(root: string, example: string): Promise<string[]> {
  const files = await readdir(join(root, 'examples', example, 'actions'));
  return files.filter(file => file.endsWith('.ts')).map(file => file.slice(0, -3));
}

/**
 * Copies an example and its tests, renamed, and adds the system to the app. What the example says of itself is marked, and
 * `npm run check` refuses it until somebody has written what is so. Gives the paths of the new files.
 */
export async function addSystem(root: string, name: string, example: string): Promise<string[]> {
  const module = await import(pathToFileURL(join(root, 'examples', example, 'system.ts')).href);
  const system: Example = module[namesOf(example).constant];
  const renaming = renameSystem(system, name);
  const actions = await actionsOfExample(root, example);
  const written: string[] = [];
  for (const folder of [`examples/${example}`, `tests/examples/${example}`]) {
    for (const path of await filesBelow(root, folder)) {
      const copy = renaming.path(path);
      await mkdir(dirname(join(root, copy)), { recursive: true });
      await writeFile(
        join(root, copy),
        await renamed(join(root, path), content => marked(copy, renaming.content(path, content), actions)),
      );
      written.push(copy);
    }
  }
  await appendFile(
    join(root, 'functions/systems.ts'),
    `export { ${namesOf(name).constant} } from './${name}/system.ts';\n`,
  );
  return written;
}

/** A sandbox and tests are seen by nobody but developers. */
function marked(path: string, content: string, actions: readonly string[]): string {
  if (!path.startsWith('functions/') || path.includes('/sandbox/')) return content;
  if (path.endsWith('/README.md')) return markPage(content);
  if (path.endsWith('/system.ts')) return markSystem(content);
  if (!path.endsWith('.ts')) return content;
  const texts = markTexts(content);
  return path.includes('/actions/') ? texts : markMentions(texts, actions);
}

async function renamed(file: string, rename: (content: string) => string): Promise<string | Buffer> {
  const content = await readFile(file);
  // Images and the like have no name in them.
  return content.includes(0) ? content : rename(content.toString('utf8'));
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  if (!existsSync(join(root, folder))) return [];
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}
