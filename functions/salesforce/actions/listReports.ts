import * as z from 'zod';
import { page } from '../../../shared/action/page.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { counted } from '../api/counted.ts';
import { searchText } from '../api/inputs.ts';
import { kinds, reportRecords } from '../api/insight/namedReport.ts';
import { listPage } from '../api/listPage.ts';
import { isoTime } from '../api/recordValues.ts';
import { containing, names, soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

/** The most that are listed of one search. */
const MAX_LISTED = 1_000;

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

export default salesforce.action({
  name: 'listReports',
  toolset: 'salesforce-insight',
  access: 'read',
  needs: uses('RunReports'),
  title: 'List reports and dashboards',
  description:
    'Lists the reports or dashboards of Salesforce, those that were run or changed last first. ' +
    'Use it when the name of one is not known. runReport and getDashboard take a name themselves.',
  input: z.object({
    term: searchText.optional().describe('A part of the name.'),
    folder: searchText.optional().describe('A part of the name of the folder.'),
    kind: z.enum(['report', 'dashboard']).default('report').describe('What to list.'),
  }),
  output: z.object({
    summary: summary('One sentence that says how many there are.'),
    reports: z
      .array(
        z.object({
          reportId: id('The ID of the report or dashboard.'),
          name: heading('Its name.'),
          folder: z.string().optional().describe('The folder that it is in.'),
          format: z.string().optional().describe('Of a report: Tabular, Summary or Matrix.'),
          description: z.string().optional().describe('What it is about, as its author says.'),
          usedAt: z
            .string()
            .optional()
            .describe("When the report was last run, or the dashboard changed; ISO 8601, by the asking user's clock."),
          url: link('Its address in Salesforce.'),
        }),
      )
      .describe('The reports or dashboards.'),
  }),
  example: { term: 'pipeline' },
  paged: true,
  async run({ term, folder, kind }, { salesforce, page: request }) {
    const { objectType, nameField, latest } = kinds[kind];
    const conditions = [
      ...(term === undefined ? [] : [soql`${names(nameField)} LIKE ${containing(term)}`]),
      ...(folder === undefined ? [] : [soql`FolderName LIKE ${containing(folder)}`]),
    ];
    const records = await reportRecords(salesforce, kind, conditions, MAX_LISTED);
    const reports = records.map(record => {
      const reportId = String(record.Id);
      const usedAt = text(record[latest]);
      return {
        reportId,
        name: text(record[nameField]) ?? reportId,
        folder: text(record.FolderName),
        format: text(record.Format),
        description: text(record.Description),
        usedAt: usedAt && isoTime(usedAt),
        url: salesforce.recordUrl(objectType, reportId),
      };
    });
    return page({
      ...listPage(reports, request),
      answer: (shown, more) => ({
        summary:
          shown.length === 0
            ? `No ${kind} matches.`
            : `${counted(shown.length, [kind, `${kind}s`])}${more || records.length === MAX_LISTED ? '; there are more' : ''}.`,
        reports: shown,
      }),
    });
  },
});
