import type { ActionLine } from '../host/actionLine.ts';

export type NoticedCall = Pick<ActionLine, 'code' | 'durationMs' | 'upstreamCalls'>;

const KEPT = 200;

/** The last calls that the app has logged, by their correlation IDs. */
export function createNoticedCalls() {
  const calls = new Map<string, NoticedCall>();
  return {
    notice({ correlationId, code, durationMs, upstreamCalls }: ActionLine): void {
      calls.set(correlationId, { code, durationMs, upstreamCalls });
      const [oldest] = calls.keys();
      if (calls.size > KEPT && oldest !== undefined) calls.delete(oldest);
    },
    find: (correlationId: string): NoticedCall | undefined => calls.get(correlationId),
  };
}

export type NoticedCalls = ReturnType<typeof createNoticedCalls>;
