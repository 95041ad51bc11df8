import { addDays } from '../../../../shared/time/timeZone.ts';

/** A stretch of days that has a name. */
export interface Span {
  /** Such as `2026-11-15`, the Monday of a week, `2026-11`, `2026 Q4`, `FY2027 Q1`, `2026`. */
  name: string;
  /** Its first and its last day. */
  from: string;
  to: string;
}

export const units = ['day', 'week', 'month', 'quarter', 'year', 'calendar quarter', 'calendar year'] as const;
/** A quarter and a year are those of the org's fiscal year, unless they are called those of the calendar. */
export type Unit = (typeof units)[number];

/** How an org counts its years. */
export interface FiscalYears {
  /** The month, from 1 to 12, in which its year begins. */
  startMonth: number;
  /** Whether a year is called by the calendar year in which it begins, and not by that in which it ends. */
  isNamedByStart: boolean;
  /** Years that the org has defined itself, in their order, with their quarters; mostly none. */
  custom: readonly CustomYear[];
}

export interface CustomYear extends Span {
  quarters: readonly Span[];
}

export const calendarYears: FiscalYears = { startMonth: 1, isNamedByStart: true, custom: [] };

/** Which days belong together. */
export interface Calendar {
  /** The span of this unit that a day is in. */
  span(unit: Unit, day: string): Span;
  /** Whether the spans of a unit begin and end with months. */
  isOfMonths(unit: Unit): boolean;
  /** Whether quarters and years are other than those of the calendar. */
  isFiscal: boolean;
}

/** https://help.salesforce.com/s/articleView?id=xcloud.admin_about_fy.htm */
export function calendarOf(fiscal: FiscalYears): Calendar {
  const isFiscal = fiscal.startMonth !== 1 || fiscal.custom.length > 0;
  const customYear = (day: string) => fiscal.custom.find(({ from, to }) => from <= day && day <= to);

  const year = (day: string, { startMonth, isNamedByStart }: FiscalYears): Span => {
    const [number, month] = numbersOf(day);
    const start = month >= startMonth ? number : number - 1;
    const from = dayIn(start, startMonth);
    const name = startMonth === 1 || isNamedByStart ? start : start + 1;
    return { name: String(name), from, to: addDays(dayIn(start, startMonth + 12), -1) };
  };
  const quarter = (day: string, fiscalYears: FiscalYears): Span => {
    const { name, from } = year(day, fiscalYears);
    const [start, startMonth] = numbersOf(from);
    const [number, month] = numbersOf(day);
    const at = Math.floor(((number - start) * 12 + month - startMonth) / 3);
    return {
      name: `${name} Q${at + 1}`,
      from: dayIn(start, startMonth + at * 3),
      to: addDays(dayIn(start, startMonth + at * 3 + 3), -1),
    };
  };
  const asFiscal = (span: Span): Span => (isFiscal ? { ...span, name: `FY${span.name}` } : span);

  return {
    isFiscal,
    isOfMonths: unit =>
      !['day', 'week'].includes(unit) &&
      (unit.startsWith('calendar') || unit === 'month' || fiscal.custom.length === 0),
    span(unit, day) {
      switch (unit) {
        case 'day':
          return { name: day, from: day, to: day };
        case 'week': {
          const monday = addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
          return { name: monday, from: monday, to: addDays(monday, 6) };
        }
        case 'month': {
          const [number, month] = numbersOf(day);
          return { name: day.slice(0, 7), from: dayIn(number, month), to: addDays(dayIn(number, month + 1), -1) };
        }
        case 'quarter':
          return (
            customYear(day)?.quarters.find(({ from, to }) => from <= day && day <= to) ?? asFiscal(quarter(day, fiscal))
          );
        case 'year': {
          const custom = customYear(day);
          return custom ? { name: custom.name, from: custom.from, to: custom.to } : asFiscal(year(day, fiscal));
        }
        case 'calendar quarter':
          return quarter(day, calendarYears);
        case 'calendar year':
          return year(day, calendarYears);
      }
    },
  };
}

/** The spans of a unit that have days of a stretch, in their order; at most `most`. */
export function spansBetween(
  calendar: Calendar,
  unit: Unit,
  { from, to, most }: { from: string; to: string; most: number },
): Span[] {
  const spans: Span[] = [];
  for (let day = from; day <= to && spans.length < most; ) {
    const span = calendar.span(unit, day);
    spans.push(span);
    day = addDays(span.to, 1);
  }
  return spans;
}

function numbersOf(day: string): [year: number, month: number] {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return [year, month];
}

/** The first day of a month; those after December are of the next year. */
export function dayIn(year: number, month: number): string {
  return new Date(Date.UTC(year, month - 1, 1)).toISOString().slice(0, 10);
}
