import type { FieldValue, Issue, TimeTracking } from './model.ts';

/** The estimates of an issue, in seconds. */
export const estimatesOf = ({ values }: Issue): TimeTracking => ({
  original: null,
  remaining: null,
  ...estimatesIn(values.timetracking ?? null),
});

/** The estimates that a value gives; null clears one. */
export function estimatesIn(value: FieldValue): Partial<TimeTracking> {
  const isTracking = typeof value === 'object' && value !== null && ('remaining' in value || 'original' in value);
  return isTracking ? value : {};
}

/** The fields that tell an issue's time in seconds, by their ids. */
export function timesOf(issue: Issue): Readonly<Record<string, number | null>> {
  const { original, remaining } = estimatesOf(issue);
  const spent = issue.worklogs.reduce((sum, { seconds }) => sum + seconds, 0);
  return { timeoriginalestimate: original, timeestimate: remaining, timespent: spent || null };
}

export const workingTime = { hoursPerDay: 8, daysPerWeek: 5 };

/** Seconds in `1w 2d 3h 30m`: a day has eight hours, a week five days. A bare number means minutes. */
export function parseDuration(text: string): number | undefined {
  const parts = text.trim().split(/\s+/);
  const day = workingTime.hoursPerDay * 3_600;
  const seconds = { w: workingTime.daysPerWeek * day, d: day, h: 3_600, m: 60 };
  let total = 0;
  for (const part of parts) {
    const [, count, unit = 'm'] = /^(\d+(?:\.\d+)?)([wdhm])?$/.exec(part) ?? [];
    if (count === undefined || !(unit === 'w' || unit === 'd' || unit === 'h' || unit === 'm')) return undefined;
    total += Number(count) * seconds[unit];
  }
  return Math.round(total);
}
