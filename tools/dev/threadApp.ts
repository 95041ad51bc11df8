import { Worker } from 'node:worker_threads';
import type { Log } from '../host/log.ts';
import type { FunctionMetadata, LogLevel, RpcHttpResponse } from '../host/rpc.ts';
import type { App, Invocation } from '../host/worker.ts';

export type ToApp = { type: 'invoke'; id: number; name: string; invocation: Invocation } | { type: 'terminate' };

export type FromApp =
  | { type: 'loaded'; functions: FunctionMetadata[] }
  | { type: 'broken'; reason: string }
  | { type: 'log'; level: LogLevel; message: string }
  | { type: 'answer'; id: number; answer: RpcHttpResponse | undefined }
  | { type: 'failed'; id: number; reason: string }
  | { type: 'terminated' };

interface ThreadOptions {
  /** The app's whole environment. */
  env: NodeJS.ProcessEnv;
  log: Log;
  /** The thread has ended by itself: something threw where nobody catches, or it called `process.exit`. */
  onLost(): void;
}

/** How long an app may take to end what it has open. */
const TERMINATE_MS = 2_000;

/**
 * Loads a function app in a thread of its own, so that it can be replaced by its next build. Calls that run when the thread
 * ends by itself are rejected.
 */
export async function loadInThread(root: string, { env, log, onLost }: ThreadOptions): Promise<App> {
  const thread = new Worker(new URL('./appThread.ts', import.meta.url), { workerData: root, env });
  const calls = new Map<number, PromiseWithResolvers<RpcHttpResponse | undefined>>();
  const loaded = Promise.withResolvers<FunctionMetadata[]>();
  const terminated = Promise.withResolvers<void>();
  const send = (message: ToApp) => thread.postMessage(message);
  let isLeaving = false;
  let ids = 0;

  const settle = (id: number) => {
    const call = calls.get(id);
    calls.delete(id);
    return call;
  };
  thread.on('message', (message: FromApp) => {
    switch (message.type) {
      case 'loaded':
        return loaded.resolve(message.functions);
      case 'broken':
        return loaded.reject(new Error(message.reason));
      case 'log':
        return log(message.level, message.message);
      case 'answer':
        return settle(message.id)?.resolve(message.answer);
      case 'failed':
        return settle(message.id)?.reject(new Error(message.reason));
      case 'terminated':
        return terminated.resolve();
    }
  });
  let reason = 'it called process.exit';
  thread.on('error', error => {
    reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  });
  thread.once('exit', () => {
    terminated.resolve();
    const ended = new Error(`The app has ended: ${reason}`);
    loaded.reject(ended);
    for (const call of calls.values()) call.reject(ended);
    calls.clear();
    if (isLeaving) return;
    isLeaving = true;
    log('error', ended.message);
    onLost();
  });

  const functions = await loaded.promise.catch(async error => {
    isLeaving = true;
    await thread.terminate();
    throw error;
  });
  return {
    functions,
    invoke(name, invocation) {
      if (isLeaving) return Promise.reject(new Error(`The app has ended: ${reason}`));
      ids += 1;
      const call = Promise.withResolvers<RpcHttpResponse | undefined>();
      calls.set(ids, call);
      send({ type: 'invoke', id: ids, name, invocation });
      return call.promise;
    },
    async terminate() {
      isLeaving = true;
      send({ type: 'terminate' });
      const late = setTimeout(terminated.resolve, TERMINATE_MS);
      await terminated.promise;
      clearTimeout(late);
      await thread.terminate();
    },
  };
}
