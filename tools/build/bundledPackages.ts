import { readdir, readFile } from 'node:fs/promises';
import type { Metafile } from 'esbuild';
import * as z from 'zod';

/** A library of which something is in the app. */
export interface BundledPackage {
  name: string;
  version: string;
  /** As its package says, which is an SPDX expression: https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/ */
  license: string | undefined;
  /** The digest of the package, as the lock file has it: `sha512-…`. */
  integrity: string | undefined;
  /** The texts of its licence and notices, by their files' names. */
  texts: { file: string; text: string }[];
}

const packageFile = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });
const lockFile = z.object({
  packages: z.record(z.string(), z.object({ integrity: z.string().optional() })),
});

/** Finds the libraries that esbuild put into the app, in alphabetical order. */
export async function bundledPackages({ outputs }: Metafile, root: URL): Promise<BundledPackage[]> {
  const inputs = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const folders = [...new Set(inputs.flatMap(path => packageFolder(path) ?? []))].sort();
  const { packages } = lockFile.parse(JSON.parse(await readFile(new URL('package-lock.json', root), 'utf8')));
  return Promise.all(
    folders.map(async folder => {
      const at = new URL(`${folder}/`, root);
      const { name, version, license } = packageFile.parse(
        JSON.parse(await readFile(new URL('package.json', at), 'utf8')),
      );
      return { name, version, license, integrity: packages[folder]?.integrity, texts: await licenceTexts(at) };
    }),
  );
}

/** `node_modules/a/node_modules/@b/c/lib/d.js` is of `node_modules/a/node_modules/@b/c`. */
function packageFolder(path: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

async function licenceTexts(folder: URL): Promise<BundledPackage['texts']> {
  const files = (await readdir(folder)).filter(file => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  return Promise.all(files.map(async file => ({ file, text: await readFile(new URL(file, folder), 'utf8') })));
}
