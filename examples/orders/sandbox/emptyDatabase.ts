import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

/**
 * An empty database in memory. To initialise one takes several seconds of work, so what came of it is kept in
 * node_modules/.cache for the next time, by the version of PGlite.
 */
export async function emptyDatabase(): Promise<PGlite> {
  const library = join(fileURLToPath(import.meta.resolve('@electric-sql/pglite')), '..', '..');
  const { version } = JSON.parse(await readFile(join(library, 'package.json'), 'utf8'));
  const folder = join(library, '..', '..', '.cache', 'pglite');
  const file = join(folder, `empty-${version}.tgz`);

  const kept = await readFile(file).catch(() => undefined);
  if (kept) return PGlite.create({ loadDataDir: new Blob([kept], { type: 'application/x-gzip' }) });

  const db = await PGlite.create();
  const dump = Buffer.from(await (await db.dumpDataDir('gzip')).arrayBuffer());
  // Where the folder cannot be written to, the next start takes as long as this one.
  const keep = async () => {
    await mkdir(folder, { recursive: true });
    const unfinished = join(folder, `${process.pid}.tmp`);
    await writeFile(unfinished, dump);
    await rename(unfinished, file);
  };
  await keep().catch(() => {});
  return db;
}
