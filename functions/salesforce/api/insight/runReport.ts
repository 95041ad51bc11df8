import { Failure } from '../../../../shared/failure.ts';
import type { Condition } from '../../../../shared/filter/condition.ts';
import type { resolveDay } from '../../../../shared/time/inputs.ts';
import type { Salesforce } from '../salesforce.ts';
import { read } from '../wire.ts';
import { namedReport } from './namedReport.ts';
import { filteredReport } from './reportFilters.ts';
import { type ReportTables, reportTables } from './reportTables.ts';
import { reportDescriptionSchema, reportResultSchema } from './wire.ts';

interface RanReport {
  reportId: string;
  name: string;
  tables: ReportTables;
  /** What is left out, in sentences. */
  notes: string[];
}

/**
 * Runs a report now, with filters added to its own. Two requests; with filters three.
 * https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_getreportrundata.htm
 * @throws Failure `not_found`, `ambiguous`; `invalid_input` for a filter that the report does not have; `rate_limited`
 */
export async function runReport(
  salesforce: Salesforce,
  { report, conditions, rows }: { report: string; conditions: readonly Condition[] | undefined; rows: number },
  clock: Parameters<typeof resolveDay>[1],
): Promise<RanReport> {
  const [record, { sole, isMulti }] = await Promise.all([
    namedReport(salesforce, 'report', report),
    salesforce.currencies(),
  ]);
  const reportId = String(record.Id);
  const name = typeof record.Name === 'string' ? record.Name : reportId;
  if (record.Format === 'MultiBlock') {
    const url = salesforce.recordUrl('Report', reportId);
    throw new Failure(
      'invalid_input',
      `${name} is a joined report, which this service does not run. Give the user its address: ${url}`,
    );
  }
  const path = `/reports/${reportId}`;
  const changed = conditions
    ? await filteredReport(
        read(reportDescriptionSchema, await salesforce.analytics(`${path}/describe`)),
        conditions,
        clock,
      )
    : {};
  const answer = await salesforce.analytics(`${path}?includeDetails=${rows > 0}`, changed);
  const result = read(reportResultSchema, answer);
  const tables = reportTables(result, { rows, orgCurrency: sole });
  const { currency } = result.reportMetadata;
  const converted = isMulti && currency ? [`Sums are in ${currency}, converted at the org's rates.`] : [];
  const notes = [...converted, ...notesOf(tables, { rows, isWhole: result.allData !== false })];
  return { reportId, name, tables, notes };
}

function notesOf(
  { groups, groupCount, rows: shown, rowCount }: ReportTables,
  { rows, isWhole }: { rows: number; isWhole: boolean },
): string[] {
  const notes: string[] = [];
  if (groups.length < groupCount) notes.push(`Only the first ${groups.length} of ${groupCount} groups are shown.`);
  if (rows > 0 && !isWhole) {
    notes.push(`Salesforce gave the first ${rowCount} rows only; the totals are of all. Filter to see others.`);
  } else if (rows > 0 && shown.length < rowCount)
    notes.push(`${rowCount} rows in all; the first ${shown.length} are shown.`);
  return notes;
}
