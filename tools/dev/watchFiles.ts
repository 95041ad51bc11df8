import { watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';

/** Paths from the root, with slashes; those outside of it are absolute. */
export interface Changes {
  changed: readonly string[];
  added: readonly string[];
  removed: readonly string[];
}

export interface WatchedPlaces {
  /** With all that is below them; one that is not there is passed over. */
  folders: readonly string[];
  /** In the root itself. */
  files: readonly string[];
}

/** Editors save in several steps. */
const SETTLE_MS = 50;

/**
 * Tells what has changed in files. The system's events only say when to look: what they say of what happened is another thing
 * on each platform, so the files' times and sizes tell that.
 */
export async function watchFiles(root: string, places: WatchedPlaces, onChange: (changes: Changes) => void) {
  let known = await look(root, places);
  let timer: NodeJS.Timeout | undefined;
  let looking = Promise.resolve();
  const compare = async () => {
    const now = await look(root, places);
    const changes = {
      added: [...now.keys()].filter(path => !known.has(path)),
      removed: [...known.keys()].filter(path => !now.has(path)),
      changed: [...now].filter(([path, print]) => known.has(path) && known.get(path) !== print).map(([path]) => path),
    };
    known = now;
    if (changes.added.length + changes.removed.length + changes.changed.length > 0) onChange(changes);
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      looking = looking.then(compare).catch(error => console.error(`The files cannot be looked at: ${error}`));
    }, SETTLE_MS);
  };
  const watchers = [
    watch(root, later),
    ...places.folders.flatMap(folder => {
      try {
        return watch(resolve(root, folder), { recursive: true }, later);
      } catch {
        return [];
      }
    }),
  ];
  for (const watcher of watchers) watcher.on('error', later);
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** Each file with its time and size. */
async function look(root: string, { folders, files }: WatchedPlaces): Promise<Map<string, string>> {
  const below = await Promise.all(
    folders.map(async folder => {
      const entries = await readdir(resolve(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
      return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
    }),
  );
  const paths = [...below.flat(), ...files.map(file => join(root, file))];
  const prints = await Promise.all(
    paths.map(async path => {
      const found = await stat(path).catch(() => undefined);
      return found && ([nameOf(root, path), `${found.mtimeMs} ${found.size}`] as const);
    }),
  );
  return new Map(prints.filter(print => print !== undefined));
}

function nameOf(root: string, path: string): string {
  const name = relative(root, path);
  return (name.startsWith('..') ? path : name).replaceAll('\\', '/');
}
