import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { where } from '../../../shared/filter/inputs.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { searchText } from '../api/inputs.ts';
import { runReport } from '../api/insight/runReport.ts';
import { reportTablesOutput, shownTables, totalsText } from '../api/insight/tablesOutput.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'runReport',
  toolset: 'salesforce-insight',
  access: 'read',
  needs: uses('RunReports'),
  title: 'Run a report',
  description:
    'Runs a Salesforce report by its name or ID, now, and returns its totals, groups and first rows. ' +
    'Use it when the user names a report; listReports finds one. No action sends or schedules it: the user subscribes to it in Salesforce, or has a scheduled flow in Copilot Studio ask. Salesforce runs 500 an hour, with at most 2,000 rows and 100 columns.',
  input: z.object({
    report: searchText.meta({ description: 'The name or the ID of the report.', mayMatchSeveral: true }),
    where: where
      .optional()
      .describe(
        'More filters by the labels of its columns, as a JSON object: {"Stage":["Proposal"],"Amount":{"from":5000},"Close Date":{"from":"2026-01-01"}}.',
      ),
    rows: z.int().min(0).max(100).default(10).describe('How many rows to show besides the totals; 0 for none.'),
  }),
  output: z.object({
    summary: summary('One sentence with the totals.'),
    reportId: id('The ID of the report.'),
    name: heading('Its name.'),
    ...reportTablesOutput,
    ranAt: z.string().describe("When it was run, ISO 8601, by the asking user's clock."),
    note: z.string().optional().meta({ description: 'What is left out, in sentences.', whole: true }),
    url: link('Its address in Salesforce.'),
  }),
  example: { report: 'Pipeline by stage', rows: 2 },
  async run({ report, where: conditions, rows }, { salesforce, now }) {
    if (conditions && conditions.length === 0) {
      throw invalidInput([{ field: 'where', message: 'It has no condition. Leave it out, or give one.' }]);
    }
    const clock = { now, timeZone: salesforce.timeZone };
    const ran = await runReport(salesforce, { report, conditions, rows }, clock);
    const { tables, reportId, name, notes } = ran;
    return {
      summary: `${name}: ${totalsText(tables)}.`,
      reportId,
      name,
      ...shownTables(tables),
      ranAt: now.toISOString(),
      ...(notes.length > 0 && { note: notes.join(' ') }),
      url: salesforce.recordUrl('Report', reportId),
    };
  },
});
