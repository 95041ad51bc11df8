import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '../..');

export const appFolder = (name: string) => resolve(import.meta.dirname, 'apps', name);

/** Bundles a bench app as the build bundles ours, so that the comparison is of what they do. Gives its folder. */
export async function bundled(name: string): Promise<string> {
  const folder = resolve(root, 'node_modules/.cache/bench', name);
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [resolve(appFolder(name), 'index.ts')],
    outfile: resolve(folder, 'index.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    external: ['@azure/functions-core'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  await copyFile(resolve(appFolder(name), 'host.json'), resolve(folder, 'host.json'));
  await writeFile(resolve(folder, 'package.json'), '{ "type": "module", "main": "index.js" }');
  return folder;
}

/** Bytes that are loaded before the first call, and of the folder as a zip. */
export async function sizeOf(folder: string): Promise<{ zip: number; startUp: number }> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile());
  let zip = 22;
  for (const file of files) {
    const content = await readFile(resolve(file.parentPath, file.name));
    zip += deflateRawSync(content).length + 2 * file.name.length + 76;
  }
  const loaded = new Set<string>();
  const load = async (file: string): Promise<number> => {
    if (loaded.has(file)) return 0;
    loaded.add(file);
    const text = await readFile(file, 'utf8');
    const imports = [...text.matchAll(/(?:import|from)\s*"(\.[^"]+)"/g)].map(match =>
      resolve(file, '..', match[1] ?? ''),
    );
    const sizes = await Promise.all(imports.map(load));
    return sizes.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(text));
  };
  return { zip, startUp: await load(resolve(folder, 'index.js')) };
}
