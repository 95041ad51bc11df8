import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const chunks = new URL('../../../dist/chunks/', import.meta.url);
const run = promisify(execFile);

/** Loads every chunk under a worker's core module, and tells which cannot be. */
const loadAll = `
  const { Module } = require('node:module');
  const load = Module.prototype.require;
  Module.prototype.require = function (id) { return id === '@azure/functions-core' ? { registerFunction() {}, registerHook() {}, setProgrammingModel() {} } : load.call(this, id); };
  const files = JSON.parse(process.argv[1]);
  Promise.allSettled(files.map(file => import(file))).then(all => {
    console.log(JSON.stringify(all.flatMap(({ reason }) => reason ? [String(reason)] : [])));
    process.exit();
  });
`;

const scripts = async () => (await readdir(chunks)).filter(file => file.endsWith('.js'));

it('leaves every chunk with all that it imports', async () => {
  const urls = (await scripts()).map(file => new URL(file, chunks).href);
  const { stdout } = await run(process.execPath, ['-e', loadAll, JSON.stringify(urls)], { timeout: 60_000 });
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual([]);
  expect(urls.length).toBeGreaterThan(100);
}, 60_000);

it('has what all calls need in one file, besides what is loaded at the start', async () => {
  const importsOf = async (file: URL) =>
    [...(await readFile(file, 'utf8')).matchAll(/(?:import|from)"(\.[^"]+)"/g)].map(
      ([, path = '']) => new URL(path, file).href,
    );
  const start = new Set(await importsOf(new URL('../index.js', chunks)));
  const [app = ''] = (await scripts()).filter(file => file.startsWith('app-'));
  const more = (await importsOf(new URL(app, chunks))).filter(file => !start.has(file));
  expect(more).toEqual([]);
});
