import * as z from 'zod';
import { invalidInput } from '../failure.ts';

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const span = /^(\d{1,5})\s?(m|h|d|w)$/i;
/** The oldest moment that makes sense of anything that is asked here. */
const EARLIEST = Date.UTC(1990, 0);
const date = z.regexes.date;
const timeOfDay = /^T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/i;

const message =
  'It must be a date such as 2026-11-15, a date-time such as 2026-11-15T09:00:00Z, or a span such as 24h, 7d or 2w.';

/** A point in the past: an ISO 8601 date or date-time (UTC unless it says otherwise), or a span back from now. */
export const sinceText = z
  .string()
  .max(64)
  .trim()
  // A plus sign that was not encoded arrives as a space.
  .transform(value => value.replace(/^(\S{1,40}T\S{1,40}) (\d{2}:?\d{2})$/, '$1+$2'))
  .refine(value => span.test(value) || momentOf(value) !== undefined, message);

/** The moment that a `sinceText` means. @throws Failure `invalid_input` when it is not in the past. */
export function resolveSince(text: string, now: Date, field = 'since'): Date {
  const since = resolve(text, now);
  if (since < now && since.getTime() >= EARLIEST) return since;
  if (since < now) throw invalidInput([{ field, message: 'It must not be before 1990.' }]);
  throw invalidInput([{ field, message: `It must be in the past; now it is ${now.toISOString()}.` }]);
}

/** The moment of an ISO 8601 date or date-time, in UTC unless it says otherwise; undefined when it is neither. */
export function momentOf(value: string): Date | undefined {
  const [day, time] = [value.slice(0, 10), value.slice(10)];
  if (!date.test(day) || (time !== '' && !timeOfDay.test(time))) return undefined;
  const isZoned = time === '' || /(Z|[+-]\d{2}:?\d{2})$/i.test(time);
  const moment = new Date(isZoned ? value : `${value}Z`);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

function resolve(text: string, now: Date): Date {
  const [, count, unit = ''] = span.exec(text) ?? [];
  if (count) return new Date(now.getTime() - Number(count) * (unitMs[unit.toLowerCase()] ?? 0));
  return momentOf(text) ?? new Date(Number.NaN);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `15 Nov 2026`, in UTC. */
export function dayOf(moment: Date): string {
  return `${moment.getUTCDate()} ${months[moment.getUTCMonth()]} ${moment.getUTCFullYear()}`;
}
