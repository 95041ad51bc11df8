import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Loads the app as the Functions worker does, in a process of its own, and returns the names of the functions that it
 * registers. A bundle in which `@azure/functions` cannot reach its core module registers none, without any error.
 */
export async function registeredFunctions(entry: URL): Promise<string[]> {
  const script = `
    const { Module } = require('node:module');
    const names = [];
    const core = {
      version: '4', hostVersion: '4', workerVersion: '4',
      registerFunction: metadata => { names.push(metadata.name); return { dispose() {} }; },
      registerHook: () => ({ dispose() {} }),
      setProgrammingModel() {}, getProgrammingModel() {}, log() {}, Disposable: class {},
    };
    const load = Module.prototype.require;
    Module.prototype.require = function (id) { return id === '@azure/functions-core' ? core : load.call(this, id); };
    import(${JSON.stringify(entry.href)}).then(() => process.stdout.write(JSON.stringify(names)));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env: { PATH: process.env.PATH } });
  return JSON.parse(stdout);
}
