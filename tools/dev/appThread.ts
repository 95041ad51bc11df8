import { parentPort, workerData } from 'node:worker_threads';
import { Failure } from '../../shared/failure.ts';
import { loadApp } from '../host/worker.ts';
import type { FromApp, ToApp } from './threadApp.ts';

const tell = (message: FromApp) => parentPort?.postMessage(message);
const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

try {
  const app = await loadApp(workerData, (level, message) => tell({ type: 'log', level, message }));
  parentPort?.on('message', async (message: ToApp) => {
    if (message.type === 'terminate') {
      await app.terminate().catch(error => tell({ type: 'log', level: 'error', message: describe(error) }));
      tell({ type: 'terminated' });
      return;
    }
    const { id, name, invocation } = message;
    try {
      tell({ type: 'answer', id, answer: await app.invoke(name, invocation) });
    } catch (error) {
      tell({ type: 'failed', id, reason: describe(error) });
    }
  });
  tell({ type: 'loaded', functions: app.functions.map(({ name, bindings }) => ({ name, bindings })) });
} catch (error) {
  tell({ type: 'broken', reason: error instanceof Failure ? error.message : describe(error) });
}
