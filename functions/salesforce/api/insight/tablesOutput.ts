import * as z from 'zod';
import { heading } from '../../../../shared/schema/meaning.ts';
import type { ReportTables } from './reportTables.ts';

/** The outputs that tell what a report does. */
export const reportTablesOutput = {
  groupedBy: z.array(z.string()).optional().describe('By which columns it is grouped.'),
  measures: z.array(z.string()).describe('What is counted and summed.'),
  totals: z.array(z.string()).describe('The value of each measure over the whole report.'),
  groups: z
    .array(
      z.object({
        group: heading('The values of the groupings; all stands for every value.'),
        isTotal: z.boolean().optional().describe('True for a total over other groups (ROLLUP): never add it to them.'),
        values: z.array(z.string()).describe('The value of each measure.'),
      }),
    )
    .optional()
    .describe('The groups.'),
  columns: z.array(z.string()).optional().describe('The columns of the rows.'),
  rows: z.array(z.array(z.string())).optional().describe('The first rows.'),
};

/** The tables that have something in them. */
export function shownTables({ groupedBy, groups, columns, rows, measures, totals }: ReportTables) {
  return {
    ...(groupedBy.length > 0 && { groupedBy }),
    measures,
    totals,
    ...(groups.length > 0 && { groups }),
    ...(rows.length > 0 && { columns, rows }),
  };
}

/** `Sum of Amount 1,000 USD, Record Count 4` */
export function totalsText({ measures, totals }: ReportTables): string {
  const parts = measures.flatMap((measure, at) => (totals[at] ? [`${measure} ${totals[at]}`] : []));
  return parts.length > 0 ? parts.join(', ') : 'no totals';
}
