import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build as bundle, type Metafile, type Plugin, stop } from 'esbuild';
import type { System } from '../../shared/action/defineSystem.ts';
import { namesOf } from '../../shared/action/formerNames.ts';
import { actionIndex, type DeclaredAction, declaredActions } from '../generate/actionIndex.ts';
import { billOfMaterials, thirdPartyLicences } from './billOfMaterials.ts';
import { bundledPackages } from './bundledPackages.ts';
import { type Loading, mergeChunks } from './mergeChunks.ts';
import { registeredFunctions } from './registeredFunctions.ts';
import { withLineBefore, withoutLibraries } from './sourceMaps.ts';

const root = new URL('../../', import.meta.url);
const dist = new URL('dist/', root);
const { name, version, license, engines } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));

/** Functions that are registered besides the actions. */
const endpoints = ['health', 'healthReady', 'mcp', 'mcpReadonly', 'mcpToolsets', 'mcpToolsetsReadonly'];

/** dist/ is complete as it is: what it needs is in the bundle. */
const deployedPackage = { name, version, license, private: true, type: 'module', main: 'index.js', engines };

/** Zod's texts in other languages are 258 kB, and no answer is written in them. */
const withoutLocales: Plugin = {
  name: 'without-locales',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ importer, path }) =>
      /[\\/]zod[\\/]/.test(importer) ? { path, namespace: 'no-locales' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'no-locales' }, () => ({ contents: 'export {};' }));
  },
};

/**
 * jira.js builds a zod schema for every answer that it knows, and uses it only in its own transport, which ours
 * replaces. Without them its chunk loads 25 ms sooner and is 190 kB smaller.
 */
const withoutVendorSchemas: Plugin = {
  name: 'without-vendor-schemas',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^zod$/ }, ({ importer, path }) =>
      /[\\/]jira\.js[\\/]/.test(importer) ? { path, namespace: 'no-schemas' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'no-schemas' }, () => ({
      contents: 'export const z = new Proxy(function () {}, { get: () => z, apply: () => z });',
    }));
  },
};

/**
 * What jsforce loads for its own transport, for XML, CSV and uploads, none of which is used: our transport replaces its and
 * counts the bytes of a body, and everything that is asked for is JSON. Without them its chunk is a tenth of its size.
 */
const unusedByJsforce =
  /^(undici|form-data|xml2js|(csv-parse|csv-stringify)(\/sync)?|\.\.?\/(request|browser\/(jsonp|canvas)|registry|util\/get-body-size))$/;

const withoutUnusedTransport: Plugin = {
  name: 'without-unused-transport',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: unusedByJsforce }, ({ importer, path }) =>
      /[\\/]jsforce[\\/]/.test(importer) ? { path, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents:
        'module.exports = new Proxy(function () {}, { get: (unused, key) => key === "default" ? module.exports : () => undefined });',
    }));
  },
};

/** The MCP SDK checks with it what a server asks of its user. This one asks nothing, and 120 kB stay out of the bundle. */
const withoutSchemaValidator: Plugin = {
  name: 'without-schema-validator',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, ({ path }) => ({
      path,
      namespace: 'no-validator',
    }));
    onLoad({ filter: /.*/, namespace: 'no-validator' }, () => ({
      contents: 'export class DefaultJsonSchemaValidator {}; export { default as process } from "node:process";',
    }));
  },
};

/**
 * For Node, OpenTelemetry's packages name their CommonJS form, of which nothing that is unused can be left out: as modules
 * they are a sixth of the size, and load in a third of the time.
 */
const telemetryAsModules: Plugin = {
  name: 'telemetry-as-modules',
  setup({ onResolve, resolve }) {
    onResolve(
      { filter: /^@(opentelemetry|azure\/monitor-opentelemetry-exporter)/ },
      async ({ path, pluginData, ...from }) => {
        if (pluginData === 'resolving') return undefined;
        const found = await resolve(path, { ...from, pluginData: 'resolving' });
        const asModule = found.path
          .replace(/([\\/])build([\\/])src([\\/])/, '$1build$2esm$3')
          .replace(/([\\/]dist[\\/])commonjs/, '$1esm');
        return { ...found, path: existsSync(asModule) ? asModule : found.path };
      },
    );
  },
};

/**
 * What signs in with the app's managed identity is a third of its library, whose package does not say that nothing of it does
 * anything when it is loaded. Bundled by itself, it shares no chunk with the developers' sign-ins, which need all of it.
 */
const withoutOtherSignIns: Plugin = {
  name: 'without-other-sign-ins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@azure\/msal-node$/ }, ({ importer, path }) =>
      /[\\/]managedIdentity\.ts$/.test(importer) ? { path, namespace: 'managed-identity' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'managed-identity' }, async ({ path }) => {
      const contents = `export { ManagedIdentityApplication } from '${path}';`;
      const { outputFiles } = await bundle({
        ...common,
        stdin: { contents, resolveDir: common.absWorkingDir },
        plugins: [withoutEffects],
        write: false,
      });
      return { contents: outputFiles[0]?.text ?? '', resolveDir: common.absWorkingDir };
    });
  },
};

const withoutEffects: Plugin = {
  name: 'without-effects',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /.*/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
      if (pluginData === 'resolved' || kind === 'entry-point') return undefined;
      const found = await resolve(path, { importer, kind, resolveDir, pluginData: 'resolved' });
      return { path: found.path, external: found.external, namespace: found.namespace, sideEffects: false };
    });
  },
};

/** Of every bundle. */
const common = {
  absWorkingDir: fileURLToPath(root),
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  // Stack traces show functions' names. `keepNames` would keep them, too, but at a cost in each call.
  minifyIdentifiers: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Debuggers and the log of a bug read source maps; nothing reads them at start. */
const mapped = { sourcemap: 'linked', sourcesContent: false } as const satisfies BuildOptions;

export const bundleOptions: BuildOptions = {
  ...common,
  ...mapped,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  // A copy of Node's streams from years ago, for Word documents, and seven packages that it needs.
  alias: {
    'readable-stream': 'node:stream',
    // All that is loaded before the app is registered: of two thirds of the size. No frame of a bug's stack in it helps.
    '@azure/functions': './node_modules/@azure/functions/dist/azure-functions.min.js',
  },
  // The Functions worker supplies this module through `require`.
  external: ['@azure/functions-core'],
  define: { 'process.env.npm_package_version': JSON.stringify(version) },
  plugins: [
    withoutLocales,
    withoutVendorSchemas,
    withoutUnusedTransport,
    withoutSchemaValidator,
    withoutOtherSignIns,
    telemetryAsModules,
  ],
};

/**
 * Builds dist/, the deployable app, and fails when it does not register exactly the functions that are declared. What is
 * in dist/ is replaced at the very end, so that a build that fails leaves the last good one.
 */
export async function build(): Promise<void> {
  const { systems } = await import('../../functions/everySystem.ts');
  const actions = await declaredActions(root, systems);
  await writeFile(new URL('functions/actions.ts', root), actionIndex(actions, systems));
  const output = new URL(`.dist-${process.pid}/`, root);
  await mkdir(output);
  try {
    const metafile = await bundleApp(
      { index: 'functions/index.ts', documentReader: 'shared/files/documentReader.ts' },
      output,
      loadingOf(systems, actions),
    );
    await describeContents(metafile, output);
    await copyFile(new URL('host.json', root), new URL('host.json', output));
    await writeFile(new URL('package.json', output), `${JSON.stringify(deployedPackage, null, 2)}\n`);
    await checkRegistrations(new URL('index.js', output), actions);
    await replaceFiles(dist, output);
  } finally {
    // Its service would live as long as the process that asked for the build, and `npm start` lives on.
    await stop();
    await rm(output, { recursive: true, force: true });
  }
}

/** What a call of an action loads: the app, and of each system that it uses the module that opens it. */
function loadingOf(systems: readonly System[], actions: readonly DeclaredAction[]): Loading {
  const all = actions.map(({ action }) => action);
  return {
    app: 'functions/app.ts',
    systems: systems.map(({ name }) => {
      const usedBy = systems.filter(other =>
        all.every(({ system, uses }) => system !== other.name || uses.some(used => used.name === name)),
      );
      return {
        declaredIn: `functions/${name}/system.ts`,
        isWith: source => usedBy.some(other => source.startsWith(`functions/${other.name}/`)),
      };
    }),
  };
}

/** Writes what the app is made of, for whoever must know of it, and the licences of that. */
async function describeContents(metafile: Metafile, output: URL): Promise<void> {
  const packages = await bundledPackages(metafile, root);
  const bill = billOfMaterials({ name, version }, packages);
  await writeFile(new URL('bom.cdx.json', output), `${JSON.stringify(bill, null, 1)}\n`);
  await writeFile(new URL('THIRD-PARTY-LICENSES.txt', output), thirdPartyLicences(packages));
}

/**
 * Bundles an app into `output`, with its source maps: `index` is its entry, and others are programs that it starts, each a
 * path from the project's root. With `loading`, what is loaded together is in one file.
 * @returns what went into which file
 */
export async function bundleApp(
  entries: { index: string; [program: string]: string },
  output: URL,
  loading?: Loading,
): Promise<Metafile> {
  const { metafile } = await bundle({
    ...bundleOptions,
    entryPoints: entries,
    outdir: fileURLToPath(output),
    metafile: true,
  });
  checkInputs(Object.keys(metafile.inputs));
  if (loading) await mergeChunks(metafile, loading, { ...common, ...mapped, outdir: fileURLToPath(output) });
  await giveRequire(output);
  await keepOwnSources(output);
  return metafile;
}

/**
 * @throws Error when the app would hold what belongs on a developer's machine: a sandbox, which takes any password, an
 * example, or a tool
 */
export function checkInputs(inputs: readonly string[]): void {
  const misplaced = inputs.filter(
    input => !input.startsWith('node_modules/') && /(^|\/)(sandbox|examples|tools)\/|\/starter\.ts$/.test(input),
  );
  if (misplaced.length === 0) return;
  throw new Error(
    `The app must not be built with ${misplaced.join(', ')}. Find the import that leads there, and remove it.`,
  );
}

/**
 * CommonJS libraries in the bundle call `require`, which ES modules lack. All of them do through the one chunk that looks
 * for it: making one for every chunk would take longer than loading them.
 */
export async function giveRequire(output: URL): Promise<void> {
  const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);\n";
  for (const file of await filesBelow(output, '.js')) {
    const text = await readFile(file, 'utf8');
    if (!text.includes('typeof require')) continue;
    await writeFile(file, banner + text);
    const map = new URL(`${file}.map`);
    await writeFile(map, withLineBefore(await readFile(map, 'utf8')));
  }
}

async function keepOwnSources(output: URL): Promise<void> {
  for (const file of await filesBelow(output, '.js.map')) {
    await writeFile(file, withoutLibraries(await readFile(file, 'utf8')));
  }
}

async function replaceFiles(folder: URL, replacement: URL): Promise<void> {
  const files = await namesBelow(replacement);
  await mkdir(new URL('chunks/', folder), { recursive: true });
  // The entry comes last: it names the chunks.
  for (const file of files.toSorted((one, other) => Number(one === 'index.js') - Number(other === 'index.js'))) {
    await rename(new URL(file, replacement), new URL(file, folder));
  }
  const stale = (await namesBelow(folder)).filter(file => !files.includes(file));
  await Promise.all(stale.map(file => rm(new URL(file, folder))));
}

async function filesBelow(folder: URL, ending: string): Promise<URL[]> {
  const names = await namesBelow(folder);
  return names.filter(name => name.endsWith(ending)).map(name => new URL(name, folder));
}

async function namesBelow(folder: URL): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(fileURLToPath(folder), join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

async function checkRegistrations(entry: URL, actions: readonly DeclaredAction[]): Promise<void> {
  const declared = [...actions.flatMap(({ action }) => namesOf(action)), ...endpoints].sort();
  const registered = (await registeredFunctions(entry)).sort();
  const missing = declared.filter(name => !registered.includes(name));
  const surplus = registered.filter(name => !declared.includes(name));
  if (missing.length > 0 || surplus.length > 0 || registered.length !== declared.length) {
    throw new Error(
      `dist/ does not register the functions that functions/ declares. Missing: ${missing.join(', ') || 'none'}. Not declared: ${surplus.join(', ') || 'none'}.`,
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
