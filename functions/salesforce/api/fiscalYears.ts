import * as z from 'zod';
import { createCache } from '../../../shared/cache.ts';
import { type Call, shareable } from '../../../shared/call.ts';
import { Failure } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import type { KeptBy } from '../../../shared/seenBy.ts';
import { UpstreamStatus } from '../../../shared/upstream/failures.ts';
import type { UpstreamAnswer } from '../../../shared/upstream/http.ts';
import type { CustomYear, FiscalYears } from './summary/calendar.ts';

const TOLD_MS = 60 * 60_000;
const MAX_KNOWN = 200;
const TIMEOUT_MS = 5_000;

const organizationStatement = 'SELECT FiscalYearStartMonth, UsesStartDateAsFiscalYearName FROM Organization LIMIT 1';
const periodStatement =
  "SELECT Type, StartDate, EndDate, FiscalYearSettings.Name FROM Period WHERE FiscalYearSettings.IsStandardYear = FALSE AND Type IN ('Quarter', 'Year') ORDER BY StartDate";

const organizationSchema = z.object({
  records: z
    .array(
      z.object({
        FiscalYearStartMonth: z.int().min(1).max(12).nullish(),
        UsesStartDateAsFiscalYearName: z.boolean().nullish(),
      }),
    )
    .max(1),
});

const periodsSchema = z.object({
  records: z.array(
    z.object({
      Type: z.string(),
      StartDate: z.iso.date(),
      EndDate: z.iso.date(),
      FiscalYearSettings: z.object({ Name: z.string() }),
    }),
  ),
});

/**
 * The fiscal years of the org: the month in which they begin, and those that it has defined itself, which SOQL's own fiscal
 * functions do not know. Kept for an hour; it tells of nothing that a policy could close. Where the user may not see them, they
 * are those of the calendar.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_period.htm
 */
export function openFiscalYears(
  { seenBy, now }: KeptBy,
  ask: (call: Call, path: string) => Promise<UpstreamAnswer>,
): (call: Call) => () => Promise<FiscalYears> {
  const known = createCache<string, FiscalYears>({ until: () => now() + TOLD_MS, maxEntries: MAX_KNOWN, now });
  return call => {
    const tell = async <Schema extends z.ZodType>(statement: string, schema: Schema) => {
      try {
        const { status, body } = await ask(
          shareable(call, TIMEOUT_MS, now()),
          `/query?q=${encodeURIComponent(statement)}`,
        );
        return status < 400 ? schema.safeParse(parseJson(body)).data : undefined;
      } catch (error) {
        if (error instanceof Failure && error.cause instanceof UpstreamStatus) return undefined;
        throw error;
      }
    };
    const find = async (): Promise<FiscalYears> => {
      const [organization, periods] = await Promise.all([
        tell(organizationStatement, organizationSchema),
        tell(periodStatement, periodsSchema),
      ]);
      const own = organization?.records[0];
      return {
        startMonth: own?.FiscalYearStartMonth ?? 1,
        isNamedByStart: own?.UsesStartDateAsFiscalYearName ?? false,
        custom: periods ? customYears(periods.records) : [],
      };
    };
    return () => known.get(seenBy(call), find, call);
  };
}

function customYears(periods: z.output<typeof periodsSchema>['records']): CustomYear[] {
  const spans = periods.map(({ Type, StartDate, EndDate, FiscalYearSettings: { Name } }) => ({
    type: Type,
    // A year may be called just 2027.
    year: /^\d/.test(Name) ? `FY${Name}` : Name,
    from: StartDate,
    to: EndDate,
  }));
  const years = spans.filter(({ type, from, to }) => type === 'Year' && from <= to);
  return years.map(({ year, from, to }) => ({
    name: year,
    from,
    to,
    quarters: spans
      .filter(each => each.type === 'Quarter' && each.from >= from && each.to <= to && each.from <= each.to)
      .map((each, at) => ({ name: `${year} Q${at + 1}`, from: each.from, to: each.to })),
  }));
}
