import { Failure } from '../failure.ts';

/**
 * What the end of a call tells of the host that was asked: that it answers, that it cannot be reached, or that it failed on
 * this request or was silent, which may be the request's own fault.
 */
export type Condition = 'answers' | 'doubtful' | 'down';

/** Leaves a host alone that is down, so that a dead upstream costs each call next to nothing. */
export interface Breaker {
  /** @throws Failure `upstream_unavailable` while the host is left alone */
  pass(): Promise<void>;
  /**
   * Is done when it is decided whether the host is left alone.
   * @param call What tells one call from another: one that sends many requests at once fails once.
   */
  tell(condition: Condition, call: object): Promise<void>;
}

export interface BreakerOptions {
  title: string;
  /** Asks the host for nothing in particular, in a second or two: whether it answers at all. */
  ping?: (() => Promise<boolean>) | undefined;
  now: () => number;
  /** Is told when it opens and when it closes again. */
  changed?: ((isOpen: boolean) => void) | undefined;
}

/** The circuit breaker opens after this many calls in a row have failed. */
const FAILURES_TO_OPEN = 10;
const OPEN_MS = 10_000;

/**
 * A circuit breaker: https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker
 *
 * Ten slow searches of one caller must not shut a host for everybody. Where requests were not answered, or failed inside
 * the host, it is only left alone if it does not answer a ping either; without a ping, such failures say nothing of it.
 * After a while the ping decides again; without one, the next request does.
 */
export function createBreaker({ title, ping, now, changed }: BreakerOptions): Breaker {
  // Calls are not held on to: they have the credentials that they have used.
  let counted = new WeakSet<object>();
  let failures = 0;
  let openUntil = 0;
  let asking: Promise<void> | undefined;

  const open = () => {
    if (openUntil === 0) changed?.(true);
    openUntil = now() + OPEN_MS;
  };
  const close = () => {
    if (openUntil > 0) changed?.(false);
    counted = new WeakSet();
    failures = 0;
    openUntil = 0;
  };

  const ask = (isAlive: () => Promise<boolean>): Promise<void> => {
    asking ??= isAlive()
      .then(alive => (alive ? close() : open()))
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };

  return {
    async pass() {
      if (openUntil > 0 && now() >= openUntil && ping) await ask(ping);
      if (now() >= openUntil) return;
      throw new Failure(
        'upstream_unavailable',
        `${title} has failed several times in a row and is left alone for a moment. Try again in ten seconds.`,
        { retryAfterSeconds: OPEN_MS / 1000 },
      );
    },

    async tell(condition, call) {
      if (condition === 'answers') return close();
      if (condition === 'doubtful' && !ping) return;
      if (!counted.has(call)) failures += 1;
      counted.add(call);
      if (failures < FAILURES_TO_OPEN) return;
      if (condition === 'down') open();
      else if (ping) await ask(ping);
    },
  };
}
