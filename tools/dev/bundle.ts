import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type BuildFailure, build, context, type Plugin } from 'esbuild';
import { bundleOptions, checkInputs, giveRequire } from '../build/build.ts';

export interface DevBuild {
  /** With the app, its host.json and its package.json. */
  folder: string;
  /** The project's own files that are in it, as paths from its root. */
  inputs: ReadonlySet<string>;
}

/** A place in a file, and what is wrong there: `functions/jira/system.ts:12:5: Expected ";"`. */
export function describeBuildFailure(error: unknown): string[] {
  const errors = (error as Partial<BuildFailure>).errors ?? [];
  if (errors.length === 0) return [error instanceof Error ? error.message : String(error)];
  return errors.map(({ text, location }) =>
    location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text,
  );
}

/**
 * Bundles the app again and again, each time into a folder of its own below `folder`, because calls that run may load
 * chunks of the build before. Libraries are bundled by themselves and once: they are nine tenths of the time.
 */
export function createDevBundle(root: string, folder: string) {
  const libraries = join(folder, 'libraries');
  const wanted = new Set<string>();
  const bundled = new Set<string>();
  let builds = 0;

  const withoutLibraries: Plugin = {
    name: 'libraries-apart',
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === 'entry-point' || isBuiltin(path) || path === '@azure/functions-core') return undefined;
        wanted.add(path);
        return { path: pathToFileURL(join(libraries, `${fileName(path)}.js`)).href, external: true };
      });
    },
  };
  const opened = context({
    ...bundleOptions,
    absWorkingDir: root,
    entryPoints: { index: 'functions/index.ts', documentReader: 'shared/files/documentReader.ts' },
    outdir: join(folder, 'build'),
    minifySyntax: false,
    minifyWhitespace: false,
    metafile: true,
    write: false,
    logLevel: 'silent',
    plugins: [withoutLibraries],
  });

  const bundleLibraries = async () => {
    const all = [...wanted];
    const stubs = join(folder, 'stubs');
    await mkdir(stubs, { recursive: true });
    const names = await exportsOf(all);
    await Promise.all(
      all.map((library, at) => writeFile(join(stubs, `${fileName(library)}.mjs`), reExport(library, names[at] ?? []))),
    );
    await build({
      ...bundleOptions,
      absWorkingDir: root,
      entryPoints: all.map(library => ({ in: join(stubs, `${fileName(library)}.mjs`), out: fileName(library) })),
      outdir: libraries,
      minifySyntax: false,
      logLevel: 'silent',
    });
    await giveRequire(new URL(`${pathToFileURL(libraries)}/`));
    for (const library of all) bundled.add(library);
  };

  return {
    /** @throws esbuild's BuildFailure, or Error for a file that must not be in the app */
    async rebuild(): Promise<DevBuild> {
      const { metafile, outputFiles } = await (await opened).rebuild();
      const inputs = Object.keys(metafile?.inputs ?? {});
      checkInputs(inputs);
      if ([...wanted].some(library => !bundled.has(library))) await bundleLibraries();
      builds += 1;
      const target = join(folder, String(builds));
      const made = new Map<string, Promise<unknown>>();
      for (const { path } of outputFiles ?? []) {
        const parent = dirname(join(target, path.slice(join(folder, 'build').length)));
        made.set(parent, made.get(parent) ?? mkdir(parent, { recursive: true }));
      }
      await Promise.all(made.values());
      await Promise.all([
        ...(outputFiles ?? []).map(({ path, contents }) =>
          writeFile(join(target, path.slice(join(folder, 'build').length)), contents),
        ),
        writeFile(join(target, 'package.json'), JSON.stringify({ type: 'module', main: 'index.js' })),
        writeFile(join(target, 'host.json'), await readFile(join(root, 'host.json'))),
      ]);
      return { folder: target, inputs: new Set(inputs) };
    },
    async close() {
      await (await opened).dispose();
    },
  };
}

/**
 * A module that exports these of a library's. They are taken from its namespace, because a library of two forms may lack in
 * the one that is bundled what Node found in the other: such an export is undefined, as in the app that is deployed.
 */
function reExport(library: string, names: readonly string[]): string {
  const exported = names.filter(name => name !== '__esModule');
  return [
    `import * as library from ${JSON.stringify(library)};`,
    ...exported.map((name, at) => `const export${at} = library[${JSON.stringify(name)}];`),
    `export { ${exported.map((name, at) => `export${at} as ${JSON.stringify(name)}`).join(', ')} };\n`,
  ].join('\n');
}

const fileName = (library: string): string => library.replaceAll('/', '__');

/** What each library exports, those in CommonJS too, as Node finds it. In a thread that ends with all that this loads. */
async function exportsOf(libraries: readonly string[]): Promise<string[][]> {
  const thread = new Worker(new URL('./exportsThread.ts', import.meta.url), { workerData: libraries });
  return new Promise((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}
