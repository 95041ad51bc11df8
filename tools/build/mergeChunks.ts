import { rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

type Outputs = Metafile['outputs'];

/** A chunk, and those that are to be in its file, by their paths in a metafile. */
interface Group {
  root: string;
  members: ReadonlySet<string>;
}

/** What a program loads with all that it does or only with a part of it, by paths of source files. */
export interface Loading {
  /** What everything loads that is not loaded at the start. */
  app: string;
  /** Of each system, the source files that are loaded only together with it, and those by which it is found. */
  systems: readonly { declaredIn: string; isWith(source: string): boolean }[];
}

/**
 * Puts chunks that are always loaded together into one file. esbuild makes a chunk of whatever the same entries share, which
 * for more than a hundred actions is hundreds of files, and a first call waited for a hundred of them.
 *
 * @param options those of the build that wrote the chunks
 */
export async function mergeChunks(metafile: Metafile, loading: Loading, options: BuildOptions): Promise<void> {
  const folder = options.absWorkingDir ?? process.cwd();
  const outputs = Object.fromEntries(Object.entries(metafile.outputs).filter(([file]) => file.endsWith('.js')));
  const groups = groupsOf(outputs, loading);
  const merged = new Set(groups.flatMap(({ root, members }) => [...members].filter(member => member !== root)));
  await build({
    ...options,
    entryPoints: Object.keys(outputs)
      .filter(file => !merged.has(file))
      .map(file => ({ in: file, out: relative(options.outdir ?? '', resolve(folder, file)).replace(/\.js$/, '') })),
    splitting: false,
    allowOverwrite: true,
    // What is loaded before an importer need not be imported for what it does.
    logOverride: { 'ignored-bare-import': 'silent' },
    plugins: [inGroups(outputs, groups, folder)],
  });
  await Promise.all([...merged].flatMap(file => [rm(join(folder, file)), rm(join(folder, `${file}.map`))]));
}

/** What is loaded by everything is with the app; of what a system's facade loads, one file is what actions load, too. */
function groupsOf(outputs: Outputs, { app, systems }: Loading): Group[] {
  const entries = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint);
  const closures = new Map(entries.map(([file]) => [file, loadedWith(file, outputs)]));
  const sourcesThatLoad = (chunk: string) =>
    entries.flatMap(([file, { entryPoint }]) => (closures.get(file)?.has(chunk) ? [entryPoint ?? ''] : []));

  const appFile = entries.find(([, { entryPoint }]) => entryPoint === app)?.[0];
  if (!appFile) throw new Error(`There is no chunk of ${app}.`);
  const isDynamic = new Set(
    Object.values(outputs).flatMap(({ imports }) =>
      imports.filter(({ kind }) => kind === 'dynamic-import').map(({ path }) => path),
    ),
  );
  // Programs of their own load neither the app nor a system.
  const others = entries.map(([file]) => file).filter(file => !isDynamic.has(file));
  const taken = new Set(others.flatMap(file => [...(closures.get(file) ?? [])]));
  const group = (chunks: Iterable<string>, isRoot = (_: string) => true): Group[] => {
    const members = new Set([...chunks].filter(chunk => !taken.has(chunk)));
    for (const member of members) taken.add(member);
    const root = [...members].find(isRoot);
    return root ? [{ root, members }] : [];
  };

  const facades = systems.flatMap(({ declaredIn, isWith }) => {
    const holder = Object.values(outputs).find(({ inputs }) => declaredIn in inputs);
    const root = holder?.imports.find(
      ({ kind, path }) => kind === 'dynamic-import' && outputs[path]?.exports.some(name => name.startsWith('open')),
    )?.path;
    return root ? [{ root, isWith, closure: closures.get(root) ?? new Set<string>() }] : [];
  });
  const ofSeveral = facades.flatMap(({ closure }) =>
    [...closure].filter(chunk => facades.filter(each => each.closure.has(chunk)).length > 1),
  );
  return [
    ...group([...(closures.get(appFile) ?? []), ...ofSeveral], file => file === appFile),
    ...facades.flatMap(({ root, isWith, closure }) => {
      const chunks = [...closure].filter(chunk => sourcesThatLoad(chunk).every(isWith));
      // An action is loaded without the facade, and reads its input before it needs that.
      const ofActions = chunks.filter(chunk => sourcesThatLoad(chunk).length > 1);
      return [...group(ofActions), ...group(chunks, file => file === root)];
    }),
  ];
}

/** A chunk and all that are loaded before it. */
function loadedWith(file: string, outputs: Outputs, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const { path, kind } of outputs[file]?.imports ?? []) {
    if (kind === 'import-statement' && outputs[path]) loadedWith(path, outputs, found);
  }
  return found;
}

/** The name of each export, by its chunk and its name there: the root keeps its own, and of others one alone may have a name. */
function exportedNames({ root, members }: Group, outputs: Outputs): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const member of new Set([root, ...members])) {
    for (const name of outputs[member]?.exports ?? []) {
      let free = name;
      for (let count = 2; taken.has(free); count += 1) free = `${name}${count}`;
      taken.add(free);
      names.set(`${member} ${name}`, free);
    }
  }
  return names;
}

/** Bundles each group into its root, and points all other imports of a member at that. */
function inGroups(outputs: Outputs, groups: readonly Group[], folder: string): Plugin {
  const groupOf = (file: string) => groups.find(({ members }) => members.has(file));
  const pathOf = (file: string) => relative(folder, file).replaceAll('\\', '/');
  const namesIn = new Map(groups.map(group => [group, exportedNames(group, outputs)]));
  /** The name in the file of its group of what a member exports. */
  const nameOf = (file: string, name: string) => {
    const group = groupOf(file);
    return (group && namesIn.get(group)?.get(`${file} ${name}`)) ?? name;
  };
  /** One statement for each name, because esbuild leaves out those alone of which no name is used. */
  const reExport = (file: string, from: string, as: (name: string) => string) =>
    (outputs[file]?.exports ?? []).map(name => `export { ${as(name)} } from ${JSON.stringify(from)};`).join('\n');

  return {
    name: 'in-groups',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path, kind, importer, namespace, resolveDir }) => {
        if (kind === 'entry-point') {
          const file = pathOf(resolve(folder, path));
          const isRoot = groups.some(({ root }) => root === file);
          return isRoot ? { path: file, namespace: 'group' } : { path: resolve(folder, file) };
        }
        if (namespace === 'group') return { path: resolve(folder, path) };
        if (namespace === 'member') return { path, external: true, sideEffects: false };
        if (kind !== 'import-statement' || !path.startsWith('.')) return { path, external: true };
        const file = pathOf(resolve(resolveDir, path));
        const group = groupOf(file);
        if (!group) return { path, external: true };
        if (groupOf(pathOf(importer)) === group) return { path: resolve(folder, file) };
        return { path: file, namespace: 'member', pluginData: dirname(importer), sideEffects: false };
      });
      onLoad({ filter: /.*/, namespace: 'group' }, ({ path: root }) => {
        const members = [...(groups.find(each => each.root === root)?.members ?? [])];
        const contents = members.map(member => reExport(member, member, name => `${name} as ${nameOf(member, name)}`));
        return { contents: contents.join('\n'), resolveDir: folder };
      });
      onLoad({ filter: /.*/, namespace: 'member' }, ({ path: member, pluginData: importedIn }) => {
        const root = groupOf(member)?.root ?? member;
        const place = relative(importedIn, resolve(folder, root)).replaceAll('\\', '/');
        const from = place.startsWith('.') ? place : `./${place}`;
        const contents = reExport(member, from, name => `${nameOf(member, name)} as ${name}`);
        return { contents, resolveDir: importedIn };
      });
    },
  };
}
