import type { Log } from './log.ts';

/** The calls that run now. */
export interface Calls {
  /**
   * Runs a call. Rejects when it takes longer than functionTimeout, and then so do all other calls that run: the real
   * host replaces the Node process and with it every call in that. This host is one process and cannot end a call, so
   * what was called here runs on, and only its answer is dropped.
   */
  run<Answer>(name: string, work: () => Promise<Answer>): Promise<Answer>;
  /** How many run. */
  count(): number;
  /** Resolves when none runs. */
  ended(): Promise<void>;
}

interface RunningCall {
  fail(reason: Error): void;
  settled: Promise<unknown>;
}

/** @param timeoutMs host.json's functionTimeout */
export function createCalls(timeoutMs: number, log: Log): Calls {
  const running = new Set<RunningCall>();

  const failAll = (name: string) => {
    const seconds = timeoutMs / 1000;
    log(
      'error',
      `${name} took longer than functionTimeout (${seconds} s). All ${running.size} running calls are answered with 500: ` +
        'the Functions host would replace the Node process that runs them.',
    );
    for (const call of running)
      call.fail(new Error(`The call was cut off, because ${name} took longer than ${seconds} s.`));
  };

  return {
    async run(name, work) {
      const cut = Promise.withResolvers<never>();
      const settled = Promise.race([work(), cut.promise]);
      const call = { fail: cut.reject, settled };
      running.add(call);
      const timer = setTimeout(failAll, timeoutMs, name);
      try {
        return await settled;
      } finally {
        clearTimeout(timer);
        running.delete(call);
      }
    },
    count: () => running.size,
    async ended() {
      while (running.size > 0) await Promise.allSettled([...running].map(({ settled }) => settled));
    },
  };
}
