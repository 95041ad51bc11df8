import { readdir, readFile, realpath } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import * as z from 'zod';

/** An npm package of which something is in the bundle. */
export interface BundledPackage {
  name: string;
  version: string;
  /** As package.json has it, an SPDX expression. */
  license: string;
  /** Subresource integrity of its archive, from the lock: https://www.w3.org/TR/sri-2/ */
  integrity: string | undefined;
  /** The whole of its licence, and of its notice where it has one. */
  licenseText: string;
}

const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  author: z.string().optional().catch(undefined),
});
const lockSchema = z.object({ packages: z.record(z.string(), z.object({ integrity: z.string().optional() })) });

const licenseFile = /^(licen[cs]e|copying|notice|thirdpartynotices?)([.-].*)?$/i;

/**
 * The packages of which some code is in the outputs, by name and version. A file that is imported, and of which nothing is
 * left when what nobody uses is taken out, is not there.
 * @throws Error for a package without a licence, which must not be handed on
 */
export async function bundledPackages({ outputs }: Metafile, root: URL): Promise<BundledPackage[]> {
  const folders = new Set(
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? packageFolder(path) : [])),
    ),
  );
  const modules = new URL('node_modules/', root);
  const lockFile = `${await realpath(modules)}/../package-lock.json`;
  const { packages } = lockSchema.parse(JSON.parse(await readFile(lockFile, 'utf8')));
  const found = await Promise.all(
    [...folders].map(async (folder): Promise<BundledPackage> => {
      const at = new URL(`${folder}/`, root);
      const { name, version, license, author } = packageSchema.parse(
        JSON.parse(await readFile(new URL('package.json', at), 'utf8')),
      );
      const licenseText = (await readLicense(at)) || textOf(license, author);
      if (licenseText === undefined)
        throw new Error(`${name} has no text of its licence, ${license}. Find it, or do without the package.`);
      return { name, version, license, integrity: packages[folder]?.integrity, licenseText };
    }),
  );
  // Two copies of one version are one package.
  const distinct = new Map(found.map(each => [`${each.name}@${each.version}`, each]));
  return [...distinct.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
}

/** `node_modules/a/node_modules/@b/c/index.js` is of `node_modules/a/node_modules/@b/c`. A plugin's namespace is no package. */
function packageFolder(path: string): string[] {
  const [folder] = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? [];
  return folder && !/^[\w-]+:/.test(path) ? [folder.slice(folder.indexOf('node_modules/'))] : [];
}

/** The text of a licence that its package names and does not hold: https://spdx.org/licenses/MIT.html */
function textOf(license: string, author: string | undefined): string | undefined {
  if (license !== 'MIT' || author === undefined) return undefined;
  return `MIT License

Copyright (c) ${author}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software
is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES
OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR
IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
}

async function readLicense(folder: URL): Promise<string> {
  const names = (await readdir(fileURLToPath(folder))).filter(name => licenseFile.test(name)).sort();
  const texts = await Promise.all(names.map(name => readFile(new URL(name, folder), 'utf8')));
  return texts.map(text => text.replaceAll('\r\n', '\n').trim()).join('\n\n');
}
