import * as z from 'zod';
import { parseJson } from '../../shared/parseJson.ts';

const actionLine = z.object({
  event: z.literal('action'),
  correlationId: z.string(),
  action: z.string(),
  code: z.string(),
  durationMs: z.number(),
  upstreamCalls: z.number(),
  cause: z.string().optional(),
});

/** What the app logs of each call of an action: see `shared/action/logCall.ts`. */
export type ActionLine = z.output<typeof actionLine>;

/** Undefined for any other message of the app. */
export function readActionLine(message: string): ActionLine | undefined {
  return message.startsWith('{') ? actionLine.safeParse(parseJson(message)).data : undefined;
}
