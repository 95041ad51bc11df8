import type { Changes, WatchedPlaces } from './watchFiles.ts';

/** What is looked at for changes. */
export const watched: WatchedPlaces = {
  folders: ['functions', 'shared', 'tools', 'infra'],
  files: ['product.ts', 'host.json', 'local.settings.json', 'package.json', 'package-lock.json', 'tsconfig.json'],
};

/** What changes ask for. */
export interface ChangeKinds {
  /** Files of the app. */
  app: string[];
  /** Whether there are other actions or systems than before, or what they declare of a system is other. */
  declarations: boolean;
  /** Systems whose sandboxes are other now, in code or data, with the files. */
  sandboxes: Map<string, string[]>;
  /** Code of all sandboxes. */
  everySandbox: string[];
  page: string[];
  settings: boolean;
  /** Files whose change goes into generated files alone. */
  generated: string[];
  /** What this process itself has loaded. */
  byHand: string[];
}

/** @param data the folder that SANDBOX_DATA names, as an absolute path with slashes */
export function kindsOf({ changed, added, removed }: Changes, data: string | undefined): ChangeKinds {
  const kinds: ChangeKinds = {
    app: [],
    declarations: false,
    sandboxes: new Map(),
    everySandbox: [],
    page: [],
    settings: false,
    generated: [],
    byHand: [],
  };
  const strike = (system: string, path: string) =>
    kinds.sandboxes.set(system, [...(kinds.sandboxes.get(system) ?? []), path]);
  for (const path of [...added, ...removed, ...changed]) {
    const isNewOrGone = !changed.includes(path);
    const [, ofSandbox] = /^functions\/([^/]+)\/sandbox\//.exec(path) ?? [];
    const ofData =
      data !== undefined && path.startsWith(`${data}/`) ? path.slice(data.length + 1).split('/')[0] : undefined;
    const struck = ofData ?? ofSandbox;
    if (/\.md$|(^|\/)\.[^/]*$|~$/.test(path)) continue;
    if (struck !== undefined) strike(struck, path);
    else if (path.startsWith('shared/sandbox/')) kinds.everySandbox.push(path);
    else if (path.startsWith('tools/page/client/')) kinds.page.push(path);
    else if (path === 'local.settings.json') kinds.settings = true;
    else if (/^(functions|shared)\/|^host\.json$/.test(path)) {
      kinds.app.push(path);
      kinds.declarations ||=
        /^functions\/(everySystem|systems|[^/]+\/system|[^/]+\/settings)\.ts$/.test(path) ||
        (isNewOrGone && /^functions\/[^/]+\/actions\/[^/]+\.ts$/.test(path));
    } else if (/^product\.ts$|^tools\/generate\//.test(path)) kinds.generated.push(path);
    else if (/^tools\/|^package(-lock)?\.json$|^tsconfig\.json$/.test(path)) kinds.byHand.push(path);
  }
  return kinds;
}
