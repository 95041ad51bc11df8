import { setTimeout } from 'node:timers/promises';

/** Knows whether calls are under way, for work that can wait until none is. */
export interface Quiet {
  /** Answers a call. */
  during<Answer>(call: () => Promise<Answer>): Promise<Answer>;
  /** Resolves when no call is under way, and the answer of the last one is sent. */
  isNow(): Promise<void>;
}

/** What has come in meanwhile is taken up within this time, in milliseconds. */
const TURN_MS = 1;
/** The worker sends an answer, and whoever got it may go on with another call, within this time in milliseconds. */
const SENDING_MS = 20;

export function createQuiet(): Quiet {
  let underWay = 0;
  let end = Promise.withResolvers<void>();
  let quietFrom = 0;
  return {
    async during(call) {
      underWay += 1;
      try {
        return await call();
      } finally {
        underWay -= 1;
        if (underWay === 0) {
          quietFrom = performance.now() + SENDING_MS;
          end.resolve();
          end = Promise.withResolvers();
        }
      }
    },
    async isNow() {
      do {
        if (underWay > 0) await end.promise;
        await setTimeout(Math.max(TURN_MS, quietFrom - performance.now()), undefined, { ref: false });
      } while (underWay > 0 || performance.now() < quietFrom);
    },
  };
}
