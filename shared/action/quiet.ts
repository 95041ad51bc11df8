import { setTimeout } from 'node:timers/promises';

/** Knows whether calls are under way, for work that can wait until none is. */
export interface Quiet {
  /** Answers a call. */
  during<Answer>(call: () => Promise<Answer>): Promise<Answer>;
  /** Resolves when no call is under way. */
  isNow(): Promise<void>;
}

/** What has come in meanwhile is taken up within this time, in milliseconds. */
const TURN_MS = 1;

export function createQuiet(): Quiet {
  let underWay = 0;
  let end = Promise.withResolvers<void>();
  return {
    async during(call) {
      underWay += 1;
      try {
        return await call();
      } finally {
        underWay -= 1;
        if (underWay === 0) {
          end.resolve();
          end = Promise.withResolvers();
        }
      }
    },
    async isNow() {
      do {
        if (underWay > 0) await end.promise;
        await setTimeout(TURN_MS, undefined, { ref: false });
      } while (underWay > 0);
    },
  };
}
