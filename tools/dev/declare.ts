import { Worker } from 'node:worker_threads';
import type { LocalApp } from '../localApp.ts';
import type { Sandbox, SandboxOptions } from '../sandboxes.ts';
import type { createSandboxThreads } from './sandboxThreads.ts';

export interface Declaring {
  root: string;
  env: NodeJS.ProcessEnv;
  /** That of the first sandbox. */
  firstPort: number;
}

/** What the files of actions and systems declare now. */
export interface Declared {
  app: LocalApp;
  /** With the settings that point at the sandboxes. */
  env: NodeJS.ProcessEnv;
  /** The text of functions/actions.ts. */
  index: string;
  /** Changes with what files are generated from. */
  digest: string;
}

export type ToDeclaring = { id: number } & (
  | { opened: Omit<Sandbox, 'close'>; reason?: undefined }
  | { opened?: undefined; reason: string }
);

export type FromDeclaring =
  | { type: 'sandbox'; id: number; system: string; module: string; options: SandboxOptions }
  | { type: 'declared'; declared: Declared }
  | { type: 'broken'; reason: string };

/**
 * Loads the declarations as they are in the files now, which wants a new thread: Node loads a module once. Starts the sandboxes
 * that are needed and do not run, and ends those that are needed no more.
 * @throws Error for what `npm run build` would refuse, for a sandbox that does not start, and when it is aborted
 */
export async function declare(
  parts: Declaring,
  sandboxes: ReturnType<typeof createSandboxThreads>,
  signal: AbortSignal,
): Promise<Declared> {
  const thread = new Worker(new URL('./declareThread.ts', import.meta.url), { workerData: parts });
  const needed = new Set<string>();
  const result = Promise.withResolvers<Declared>();
  const send = (message: ToDeclaring) => thread.postMessage(message);
  thread.on('error', result.reject);
  thread.once('exit', () => result.reject(new Error('The declarations were not read to the end.')));
  thread.on('message', async (message: FromDeclaring) => {
    if (message.type === 'declared') return result.resolve(message.declared);
    if (message.type === 'broken') return result.reject(new Error(message.reason));
    const { id, system, module, options } = message;
    needed.add(system);
    try {
      send({ id, opened: await sandboxes.open(system, module, options) });
    } catch (error) {
      send({ id, reason: error instanceof Error ? error.message : String(error) });
    }
  });
  const abort = () => result.reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    const declared = await result.promise;
    await sandboxes.closeAllBut(needed);
    return declared;
  } finally {
    signal.removeEventListener('abort', abort);
    await thread.terminate();
  }
}
