import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { heading, id, link, summary } from '../../../shared/schema/meaning.ts';
import { LIST_TEXT } from '../../../shared/schema/textLimit.ts';
import { strictJson } from '../../../shared/strictJson.ts';
import { counted } from '../api/counted.ts';
import { searchText } from '../api/inputs.ts';
import { type FilterChoice, showDashboard } from '../api/insight/showDashboard.ts';
import { reportTablesOutput, shownTables } from '../api/insight/tablesOutput.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

const { columns: _columns, rows: _rows, ...tablesOutput } = reportTablesOutput;

export default salesforce.action({
  name: 'getDashboard',
  toolset: 'salesforce-insight',
  access: 'read',
  needs: uses('RunReports'),
  title: 'Show a dashboard',
  description:
    'Returns what a Salesforce dashboard shows, by its name or ID: its components with their totals and groups, and as of when. ' +
    'Use it when the user names a dashboard. Nothing is refreshed: for figures of now run a report with runReport. No action sends it regularly: the user subscribes to it in Salesforce.',
  input: z.object({
    dashboard: searchText.meta({ description: 'The name or the ID of the dashboard.', mayMatchSeveral: true }),
    filters: z
      .string()
      .max(LIST_TEXT)
      .optional()
      .describe('Choices of its filters, as a JSON object such as {"Region":"EMEA"}; an answer lists them.'),
  }),
  output: z.object({
    summary: summary('One sentence that says what it is.'),
    dashboardId: id('The ID of the dashboard.'),
    name: heading('Its name.'),
    description: z.string().optional().describe('What it is about, as its author says.'),
    runningUser: z.string().optional().describe('As whom it runs: it shows what that user may see.'),
    asOf: z
      .string()
      .optional()
      .describe("When the oldest of its figures were computed, ISO 8601, by the asking user's clock."),
    filters: z
      .array(
        z.object({
          name: z.string().describe('The name of the filter.'),
          choices: z.array(z.string()).describe('Its choices.'),
        }),
      )
      .optional()
      .describe('Its filters.'),
    components: z
      .array(
        z.object({
          title: heading('The title.'),
          footer: z.string().optional().describe('What stands below it.'),
          reportId: id('The ID of the report behind it, which runReport takes.').optional(),
          ...z.object(tablesOutput).partial().shape,
          problem: z.string().optional().describe('Why it has no figures.'),
        }),
      )
      .describe('Its components.'),
    note: z.string().optional().meta({ description: 'What is left out, in a sentence.', whole: true }),
    url: link('Its address in Salesforce.'),
  }),
  example: { dashboard: 'Sales Leaders' },
  async run({ dashboard, filters }, { salesforce }) {
    const shown = await showDashboard(salesforce, dashboard, filters === undefined ? [] : choicesIn(filters));
    const { dashboardId, name, description, runningUser, asOf, closed } = shown;
    const when = asOf ? `, as of ${asOf}` : '';
    return {
      summary: `${name}: ${counted(shown.components.length, ['component', 'components'])}${when}.`,
      dashboardId,
      name,
      description,
      runningUser,
      asOf,
      ...(shown.filters.length > 0 && { filters: shown.filters }),
      components: shown.components.map(({ title, footer, reportId, tables, problem }) => {
        const { columns: _, rows: __, ...told } = tables ? shownTables(tables) : {};
        return { title, footer, reportId, ...told, problem };
      }),
      ...(closed > 0 && {
        note: `${counted(closed, ['component is', 'components are'])} left out, because what it shows is closed here or cannot be told to be open.`,
      }),
      url: salesforce.recordUrl('Dashboard', dashboardId),
    };
  },
});

const choice = z.record(z.string(), z.string().trim().min(1));

/** @throws Failure `invalid_input` */
function choicesIn(text: string): FilterChoice[] {
  const { value, problem } = strictJson(text);
  const { data } = choice.safeParse(value);
  if (problem !== undefined || !data || Object.keys(data).length > 5) {
    const message = `It ${problem ?? 'is no object of texts'}. Give a JSON object as a string, such as {"Region":"EMEA"}.`;
    throw invalidInput([{ field: 'filters', message }]);
  }
  return Object.entries(data).map(([name, chosen]) => ({ name, choice: chosen }));
}
