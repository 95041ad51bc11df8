import { Worker } from 'node:worker_threads';
import type { Sandbox, SandboxOptions } from '../sandboxes.ts';

export type FromSandbox =
  | { type: 'starts' }
  | { type: 'listens'; url: string; settings: Record<string, string> }
  | { type: 'broken'; reason: string };

type Running = Omit<Sandbox, 'close'> & { thread: Worker; module: string; options: SandboxOptions };

/** Sandboxes that go on while the app is replaced: each runs in a thread of its own, and so can be started anew with other code. */
export function createSandboxThreads() {
  const running = new Map<string, Running>();

  /** What runs so far, if anything does, goes on when this fails. */
  const begin = async (system: string, module: string, options: SandboxOptions, port: number) => {
    const thread = new Worker(new URL('./sandboxThread.ts', import.meta.url), {
      workerData: { ...options, module },
    });
    try {
      await next(thread, 'starts');
      await running.get(system)?.thread.terminate();
      thread.postMessage(port);
      const { url, settings } = await next(thread, 'listens');
      const started = { thread, module, options, url, settings };
      running.set(system, started);
      thread.on('error', error => console.error(`The sandbox of ${system} has ended: ${error}`));
      thread.once('exit', () => running.get(system)?.thread === thread && running.delete(system));
      return started;
    } catch (error) {
      await thread.terminate();
      throw new Error(`The sandbox of ${system} does not start. ${error instanceof Error ? error.message : error}`);
    }
  };

  return {
    has: (system: string): boolean => running.has(system),
    /** Gives the one that runs, with what was written in it, or starts one. */
    async open(
      system: string,
      module: string,
      { port = 0, ...options }: SandboxOptions,
    ): Promise<Omit<Sandbox, 'close'>> {
      const known = running.get(system);
      const isSame = known?.module === module && known.options.data === options.data;
      const { url, settings } = isSame ? known : await begin(system, module, options, port);
      return { url, settings };
    },
    /** Starts one anew, at its address, with the data that it begins with. */
    async restart(system: string): Promise<void> {
      const known = running.get(system);
      if (known) await begin(system, known.module, known.options, Number(new URL(known.url).port));
    },
    async closeAllBut(systems: ReadonlySet<string>): Promise<void> {
      const unused = [...running].filter(([system]) => !systems.has(system));
      await Promise.all(unused.map(([, { thread }]) => thread.terminate()));
    },
  };
}

type Message<Type> = Extract<FromSandbox, { type: Type }>;

function next<Type extends FromSandbox['type']>(thread: Worker, type: Type): Promise<Message<Type>> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject);
    thread.once('message', (message: FromSandbox) => {
      thread.off('error', reject);
      if (message.type === type) resolve(message as Message<Type>);
      else reject(new Error(message.type === 'broken' ? message.reason : `It said ${message.type}.`));
    });
  });
}
