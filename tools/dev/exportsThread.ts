import { parentPort, workerData } from 'node:worker_threads';

const libraries: string[] = workerData;
const modules = await Promise.all(libraries.map(async library => (await import(library)) as object));
// Node finds the names of a CommonJS module in its source, and those that are made while it runs in `default` alone.
const namesOf = (module: object): string[] => {
  const whole = 'default' in module && typeof module.default === 'object' ? (module.default ?? {}) : {};
  return [...new Set([...Object.keys(module), ...Object.keys(whole)])];
};
parentPort?.postMessage(modules.map(namesOf));
process.exit();
