import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const root = new URL('..', import.meta.url);
const read = (path: string) => readFile(new URL(path, root), 'utf8');

describe('package-lock.json', async () => {
  const lockSchema = z.object({
    packages: z.record(z.string(), z.object({ integrity: z.string().optional(), resolved: z.string().optional() })),
  });
  const { packages } = lockSchema.parse(JSON.parse(await read('package-lock.json')));
  const { '': _project, ...installed } = packages;

  it('says of every package, of those for other machines too, what its archive must be', () => {
    const unsure = Object.entries(installed).filter(
      ([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity),
    );
    expect(unsure.map(([path]) => path)).toEqual([]);
    expect(Object.keys(installed).length).toBeGreaterThan(100);
  });

  it('names no registry, so that each organization takes packages from its own', () => {
    expect(Object.entries(installed).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
});

describe('every workflow', async () => {
  const files = await readdir(new URL('.github/workflows/', root));
  const workflows = await Promise.all(
    files.map(async file => [file, await read(`.github/workflows/${file}`)] as const),
  );

  it.each(workflows)('%s names each action by its commit, and tells the version of it', (_, text) => {
    const used = [...text.matchAll(/^\s*-?\s*uses:\s*(.*)$/gm)].map(([, action]) => action);
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
});
