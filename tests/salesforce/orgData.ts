import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';

const source = new URL('../../functions/salesforce/sandbox/data/', import.meta.url);
const objectFile = z.looseObject({ fields: z.array(z.looseObject({ name: z.string() })) });
const recordsFile = z.array(z.record(z.string(), z.unknown()));

interface OrgFiles {
  /** By API name. */
  objects: Record<string, z.output<typeof objectFile>>;
  records: Record<string, z.output<typeof recordsFile>>;
  /** Other files, by name. */
  others: Record<string, unknown>;
}

/** A folder with the sandbox's data after a change: another org, played by the same code. */
export async function orgWith(change: (files: OrgFiles) => void): Promise<string> {
  const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(new URL(file, source), 'utf8'));
  const readAll = async <Schema extends z.ZodType>(kind: string, schema: Schema) => {
    const names = await readdir(new URL(`${kind}/`, source));
    return Object.fromEntries(
      await Promise.all(
        names.map(async file => [file.replace('.json', ''), schema.parse(await read(`${kind}/${file}`))] as const),
      ),
    );
  };
  const files: OrgFiles = {
    objects: await readAll('objects', objectFile),
    records: await readAll('records', recordsFile),
    others: {},
  };
  const keysOf = (all: OrgFiles['records']) =>
    new Set(Object.values(all).flatMap(list => list.map(({ $key }) => $key)));
  const before = keysOf(files.records);
  change(files);
  const after = keysOf(files.records);
  withoutOrphans(files.records, new Set([...before].filter(key => !after.has(key))));
  const folder = await mkdtemp(join(tmpdir(), 'salesforce-org-'));
  const write = async (file: string, content: unknown) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), JSON.stringify(content));
  };
  await write('records.json', files.records);
  for (const [name, object] of Object.entries(files.objects)) await write(`objects/${name}.json`, object);
  for (const [name, content] of Object.entries(files.others)) await write(name, content);
  return folder;
}

/** Leaves out the records that refer to those that a change has taken away, and those that refer to these in turn. */
function withoutOrphans(records: OrgFiles['records'], gone: ReadonlySet<unknown>): void {
  if (gone.size === 0) return;
  const alsoGone = new Set<unknown>();
  for (const [objectType, list] of Object.entries(records)) {
    const isOrphan = (record: Record<string, unknown>) =>
      Object.entries(record).some(([name, value]) => name !== '$key' && name.endsWith('Id') && gone.has(value));
    for (const { $key } of list.filter(isOrphan)) if ($key !== undefined) alsoGone.add($key);
    records[objectType] = list.filter(record => !isOrphan(record));
  }
  withoutOrphans(records, alsoGone);
}
