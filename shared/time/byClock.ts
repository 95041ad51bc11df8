import { clockAt } from './timeZone.ts';

/** A moment in UTC, as `Date` and the vendors write it. */
const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/;

/** Whether a value has a text that is a moment in UTC. */
export function hasMoments(value: unknown): boolean {
  if (typeof value === 'string') return moment.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasMoments);
}

/** A value in which each text that is a moment in UTC tells it by a zone's clock: `2026-11-15T09:00:00+05:30`. */
export function byClock<Value>(value: Value, timeZone: string): Value;
export function byClock(value: unknown, timeZone: string): unknown {
  if (typeof value === 'string') {
    const at = moment.test(value) ? new Date(value) : undefined;
    return at === undefined || Number.isNaN(at.getTime()) ? value : clockAt(at, timeZone);
  }
  if (Array.isArray(value)) return value.map(item => byClock(item, timeZone));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, byClock(part, timeZone)]));
}
