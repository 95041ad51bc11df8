import * as z from 'zod';
import { adfToMarkdown } from './adf/adfToMarkdown.ts';
import { durationOf, minutesOf } from './duration.ts';
import { noEstimate } from './fieldValue.ts';
import { dateOf } from './issue.ts';

/** The characters of a document that are looked at. */
const MAX_DOCUMENT = 65_536;

/** The ways in which Jira tells one thing from another, in the order in which they are looked at. */
const identity = z.looseObject({
  accountId: z.string().optional(),
  id: z.union([z.string(), z.number().transform(String)]).optional(),
  key: z.string().optional(),
  name: z.string().optional(),
  value: z.string().optional(),
  child: z.unknown().optional(),
});

const sprint = z.looseObject({ id: z.number(), state: z.string() });
const tracking = z.record(z.string(), z.unknown());
const isDocument = (value: unknown) =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'doc';

/** Whether a field holds what a write would set it to: `wanted` in the form that is sent to Jira, `held` as Jira shows it. */
export function isHeld(wanted: unknown, held: unknown): boolean {
  const list = Array.isArray(held) ? held : [];
  const sprints = list.flatMap(each => sprint.safeParse(each).data ?? []);
  if (sprints.length > 0 && (wanted === null || typeof wanted === 'number')) {
    // The closed ones stay.
    const open = sprints.filter(({ state }) => state !== 'closed').map(({ id }) => id);
    return wanted === null ? open.length === 0 : open.includes(wanted);
  }
  if (wanted === null) return isEmpty(held);
  if (Array.isArray(wanted)) return wanted.length === list.length && wanted.every(each => isAmong(each, list));
  if (isDocument(wanted)) return isDocument(held) && markdownOf(wanted) === markdownOf(held);
  if (typeof wanted === 'string' && typeof held === 'string') return wanted === held || isSameMoment(wanted, held);
  if (typeof wanted !== 'object') return wanted === held;
  const [one, other] = [identity.safeParse(wanted).data, identity.safeParse(held ?? {}).data];
  if (!one || !other) return false;
  for (const way of ['accountId', 'id', 'key', 'name', 'value'] as const) {
    const [given, there] = [one[way], other[way]];
    if (given !== undefined && there !== undefined) {
      return given === there && (one.child === undefined ? other.child === undefined : isHeld(one.child, other.child));
    }
  }
  return isTimeTracking(wanted, held);
}

/** Whether a list holds an item in whichever form. */
export function isAmong(wanted: unknown, list: readonly unknown[]): boolean {
  return list.some(each => isHeld(wanted, each));
}

function isEmpty(held: unknown): boolean {
  return held === null || held === undefined || (Array.isArray(held) && held.length === 0);
}

function markdownOf(document: unknown): string {
  return adfToMarkdown(document, { left: MAX_DOCUMENT }).trim();
}

function isSameMoment(one: string, other: string): boolean {
  if (!/T\d\d:/.test(one) || !/T\d\d:/.test(other)) return false;
  const [first, second] = [dateOf(one), dateOf(other)];
  return first !== undefined && first.getTime() === second?.getTime();
}

/** The estimates that are given; one in days or weeks is as long as they are on the site, so only its text tells. */
function isTimeTracking(wanted: unknown, held: unknown): boolean {
  const [one, other] = [tracking.safeParse(wanted).data, tracking.safeParse(held ?? {}).data];
  if (!one || !other || Object.keys(one).length === 0) return false;
  return Object.entries(one).every(([part, text]) => {
    if (text === noEstimate) return isEmpty(other[part]);
    const duration = durationOf(String(text)) ?? '';
    if (/[wd]/.test(duration)) return duration === durationOf(String(other[part]));
    return minutesOf(duration, { hoursPerDay: 8, daysPerWeek: 5 }) * 60 === (other[`${part}Seconds`] ?? 0);
  });
}
