import { createHash } from 'node:crypto';
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

interface Inner {
  name: string;
  /** The file that holds it, in the folder of the package that it came with. */
  file: string;
  license: string;
  /** Its version, where the file tells it. */
  version: RegExp;
  /** The text of its licence, in this folder. */
  text: string;
}

/** Libraries that came built into others, which name them in no list that npm reads. By the package that has them. */
const within: Readonly<Record<string, readonly Inner[]>> = {
  unpdf: [
    {
      name: 'pdfjs-dist',
      file: 'dist/pdfjs.mjs',
      license: 'Apache-2.0',
      version: /apiVersion:`(\d{1,4}\.\d{1,4}\.\d{1,6})`/,
      text: 'Apache-2.0.txt',
    },
  ],
};

/** Finds the libraries that esbuild put into the app, in alphabetical order. */
export async function bundledPackages({ outputs }: Metafile, root: URL): Promise<BundledPackage[]> {
  const inputs = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const folders = [...new Set(inputs.flatMap(path => packageFolder(path) ?? []))].sort();
  const { packages } = lockFile.parse(JSON.parse(await readFile(new URL('package-lock.json', root), 'utf8')));
  const all = await Promise.all(
    folders.map(async folder => {
      const at = new URL(`${folder}/`, root);
      const { name, version, license } = packageFile.parse(
        JSON.parse(await readFile(new URL('package.json', at), 'utf8')),
      );
      const own = { name, version, license, integrity: packages[folder]?.integrity, texts: await licenceTexts(at) };
      const inner = (within[name] ?? []).filter(({ file }) => inputs.includes(`${folder}/${file}`));
      return [own, ...(await Promise.all(inner.map(each => innerPackage(each, at))))];
    }),
  );
  // A version that lies in several folders is one library.
  const each = new Map(all.flat().map(found => [`${found.name} ${found.version}`, found]));
  return [...each.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * What is built into a package: its digest is that of the file, which is not npm's.
 * @throws Error where the file no longer tells the version
 */
async function innerPackage({ name, file, license, version, text }: Inner, folder: URL): Promise<BundledPackage> {
  const content = await readFile(new URL(file, folder), 'utf8');
  const [, found] = version.exec(content) ?? [];
  if (found === undefined) throw new Error(`The version of ${name} is no longer in ${file}.`);
  const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
  const licence = await readFile(new URL(`licences/${text}`, import.meta.url), 'utf8');
  return { name, version: found, license, integrity, texts: [{ file: text, text: licence }] };
}

/** `node_modules/a/node_modules/@b/c/lib/d.js` is of `node_modules/a/node_modules/@b/c`. */
function packageFolder(path: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

async function licenceTexts(folder: URL): Promise<BundledPackage['texts']> {
  const files = (await readdir(folder)).filter(file => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  return Promise.all(files.map(async file => ({ file, text: await readFile(new URL(file, folder), 'utf8') })));
}
