import * as z from 'zod';
import { momentOf } from '../action/since.ts';
import { parseJson } from '../parseJson.ts';

const typedDay = z.object({ value: z.string() });

/**
 * The day, such as `2026-11-30`, that is meant by a text: a day itself, a date-time, of which the day counts as it is
 * written, or what Copilot Studio's runtime makes of a day, `{"$kind":"Date","value":"2026-11-30"}`. Undefined for anything
 * else.
 */
export function dayIn(text: string): string | undefined {
  const given = text.trim();
  const written = given.startsWith('{') ? typedDay.safeParse(parseJson(given)).data?.value.trim() : given;
  return written !== undefined && momentOf(written) ? written.slice(0, 10) : undefined;
}

/** An input that is a day. */
export const dayText = z.string().transform((text, context) => {
  const day = dayIn(text);
  if (day !== undefined) return day;
  context.issues.push({ code: 'custom', message: 'It must be a day such as 2026-11-30.', input: text });
  return z.NEVER;
});
