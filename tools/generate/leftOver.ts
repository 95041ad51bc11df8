import { readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path/posix';
import { CONNECTOR_FOLDER, connectorFile, PLUGIN_FOLDER, pluginFile } from './folders.ts';

/** Files below the generated folders that have the name of a generated one, and are not made any more. */
export async function leftOver(root: URL, made: ReadonlySet<string>): Promise<string[]> {
  const names = new Set<string>([...Object.values(connectorFile), ...Object.values(pluginFile)]);
  const found = await Promise.all(
    [CONNECTOR_FOLDER, PLUGIN_FOLDER].map(async folder =>
      (await readdir(new URL(`${folder}/`, root), { recursive: true }).catch(() => [])).map(
        path => `${folder}/${path.replaceAll('\\', '/')}`,
      ),
    ),
  );
  return found
    .flat()
    .filter(path => names.has(basename(path)) && !made.has(path))
    .sort();
}

/** Removes a file, and the folders that are empty without it. */
export async function removeFile(root: URL, path: string): Promise<void> {
  await rm(new URL(path, root));
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    const isRemoved = await rmdir(new URL(folder, root)).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}
