import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { documents } from './documents.ts';

const root = resolve(import.meta.dirname, '../..');

it.each(documents)(
  '%s has a file of the project run by npm or npx, which take the Node that the project brings',
  document => {
    const text = readFileSync(join(root, document), 'utf8');
    expect(text.match(/^node .*$|`node [^`]*\.(ts|js|mjs)\b[^`]*`/gm) ?? []).toEqual([]);
  },
);

it('npm and npx run what they run by the Node that the project brings, whatever the one on the machine is', async () => {
  const bin = join(root, 'node_modules/.bin');
  const PATH = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(folder => resolve(folder) !== bin)
    .join(delimiter);
  const { HOME = '' } = process.env;
  const run = async (...args: string[]) =>
    (await promisify(execFile)('npx', args, { cwd: root, env: { PATH, HOME } })).stdout.trim();
  const own = JSON.parse(readFileSync(join(root, 'node_modules/node/package.json'), 'utf8')).version;
  expect(await run('node', '--version')).toBe(`v${own}`);
  expect(await run('vitest', '--version')).toContain(`node-v${own}`);
});
