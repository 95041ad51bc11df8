import { badRequest } from './jiraError.ts';
import type { Instant } from './model.ts';
import type { Site } from './site.ts';

type Unit = 'y' | 'M' | 'w' | 'd' | 'h' | 'm';

const minute = 60_000;
const unitLength: Record<Exclude<Unit, 'y' | 'M'>, number> = {
  w: 7 * 24 * 60 * minute,
  d: 24 * 60 * minute,
  h: 60 * minute,
  m: minute,
};

/**
 * The moment that a JQL date means: `2026-11-01`, `2026/11/01 10:30`, or a span from now such as `-7d` and `4w 2d`.
 * Dates are read in the account's time zone.
 */
export function parseJqlDate(site: Site, text: string, field: string): Instant {
  const absolute = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?$/.exec(text.trim());
  if (absolute) {
    const [year = 0, month = 0, day = 0, hours = 0, minutes = 0] = absolute.slice(1).map(part => Number(part ?? 0));
    const local = new Date(Date.UTC(year, month - 1, day, hours, minutes));
    if (local.getUTCMonth() === month - 1 && hours < 24 && minutes < 60) return toInstant(site, local);
  }
  const span = /^[+-]?\d+[wdhm](?: ?\d+[wdhm])*$/.test(text.trim());
  if (span) {
    const sign = text.trim().startsWith('-') ? -1 : 1;
    const parts = [...text.matchAll(/(?<!\d)(\d+)([wdhm])/g)];
    return parts.reduce((at, [, count, unit]) => at + sign * Number(count) * lengthOf(unit), site.now());
  }
  throw badRequest(
    `Date value '${text}' for field '${field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', ` +
      "'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
  );
}

/** The moment that a JQL date function means, or `undefined` when there is no such function. */
export function evaluateDateFunction(site: Site, name: string, args: string[]): Instant | undefined {
  const local = new Date(site.now() + site.timeZone.offsetMinutes * minute);
  const wanted = name.toLowerCase();
  if (wanted === 'now' || wanted === 'currentlogin') return site.now();
  const period = /^(start|end)of(day|week|month|year)$/.exec(wanted);
  if (!period) return undefined;
  const natural: Record<string, Unit> = { day: 'd', week: 'w', month: 'M', year: 'y' };
  const unit = natural[period[2] ?? 'day'] ?? 'd';
  if (unit === 'w') local.setUTCDate(local.getUTCDate() - ((local.getUTCDay() + 6) % 7));
  if (unit === 'M' || unit === 'y') local.setUTCDate(1);
  if (unit === 'y') local.setUTCMonth(0);
  local.setUTCHours(0, 0, 0, 0);
  const [offset] = args;
  if (offset !== undefined) move(local, offset, unit, name);
  if (period[1] === 'end') {
    add(local, 1, unit);
    local.setTime(local.getTime() - 1);
  }
  return toInstant(site, local);
}

/** The account's calendar day, `2026-11-23`, at a moment. */
export const dayOf = (site: Site, instant: Instant): string =>
  new Date(instant + site.timeZone.offsetMinutes * minute).toISOString().slice(0, 10);

const toInstant = (site: Site, local: Date): Instant => local.getTime() - site.timeZone.offsetMinutes * minute;

const lengthOf = (unit: string | undefined): number =>
  unit === 'w' || unit === 'd' || unit === 'h' || unit === 'm' ? unitLength[unit] : 0;

function move(local: Date, offset: string, natural: Unit, name: string): void {
  const parts = /^([+-]?\d+)([yMwdhm])?$/.exec(offset.trim());
  if (!parts) throw badRequest(`Date offset '${offset}' in function '${name}' is invalid.`);
  add(local, Number(parts[1]), (parts[2] ?? natural) as Unit);
}

function add(local: Date, count: number, unit: Unit): void {
  if (unit === 'y') local.setUTCFullYear(local.getUTCFullYear() + count);
  else if (unit === 'M') local.setUTCMonth(local.getUTCMonth() + count);
  else local.setTime(local.getTime() + count * unitLength[unit]);
}
