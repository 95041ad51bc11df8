import { parentPort, workerData } from 'node:worker_threads';
import type { SandboxOptions, StartSandbox } from '../sandboxes.ts';
import type { FromSandbox } from './sandboxThreads.ts';

/** On a free port at first: what does not start must not take the place of what runs. */
const { module, ...options }: { module: string } & SandboxOptions = workerData;
const tell = (message: FromSandbox) => parentPort?.postMessage(message);

async function start(startSandbox: StartSandbox, port: number) {
  try {
    return await startSandbox({ ...options, port });
  } catch (error) {
    if (port === 0 || !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    return startSandbox({ ...options, port: 0 });
  }
}

try {
  const { startSandbox } = (await import(module)) as { startSandbox: StartSandbox };
  let sandbox = await start(startSandbox, 0);
  parentPort?.on('message', async (port: number) => {
    await sandbox.close();
    sandbox = await start(startSandbox, port);
    tell({ type: 'listens', url: sandbox.url, settings: sandbox.settings });
  });
  tell({ type: 'starts' });
} catch (error) {
  tell({ type: 'broken', reason: error instanceof Error ? error.message : String(error) });
}
