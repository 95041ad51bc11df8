import { parentPort, workerData } from 'node:worker_threads';

const libraries: string[] = workerData;
const modules = await Promise.all(libraries.map(async library => (await import(library)) as object));
parentPort?.postMessage(modules.map(module => Object.keys(module)));
process.exit();
