import * as z from 'zod';
import { parseJson } from '../../shared/parseJson.ts';

/** What the app has logged of a call. */
const callLine = z.object({
  event: z.literal('action'),
  correlationId: z.string(),
  code: z.string(),
  durationMs: z.number(),
  upstreamCalls: z.number(),
});

export type NoticedCall = Pick<z.output<typeof callLine>, 'code' | 'durationMs' | 'upstreamCalls'>;

const KEPT = 200;

/** The last calls that the app has logged, by their correlation IDs. */
export function createNoticedCalls() {
  const calls = new Map<string, NoticedCall>();
  return {
    notice(message: string): void {
      const line = message.startsWith('{') ? callLine.safeParse(parseJson(message)).data : undefined;
      if (!line) return;
      const { correlationId, code, durationMs, upstreamCalls } = line;
      calls.set(correlationId, { code, durationMs, upstreamCalls });
      const [oldest] = calls.keys();
      if (calls.size > KEPT && oldest !== undefined) calls.delete(oldest);
    },
    find: (correlationId: string): NoticedCall | undefined => calls.get(correlationId),
  };
}

export type NoticedCalls = ReturnType<typeof createNoticedCalls>;
