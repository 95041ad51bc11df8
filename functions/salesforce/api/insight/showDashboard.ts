import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { folded } from '../../../../shared/filter/label.ts';
import { quoted } from '../../../../shared/text.ts';
import { isoTime } from '../recordValues.ts';
import type { Salesforce } from '../salesforce.ts';
import { read } from '../wire.ts';
import { namedReport } from './namedReport.ts';
import { type ReportTables, reportTables } from './reportTables.ts';
import { dashboardSchema } from './wire.ts';

interface ShownComponent {
  title: string;
  footer: string | undefined;
  reportId: string | undefined;
  /** Undefined where it has no data; `problem` then says why, where that is known. */
  tables: ReportTables | undefined;
  problem: string | undefined;
}

interface ShownDashboard {
  dashboardId: string;
  name: string;
  description: string | undefined;
  /** As whom it runs: what is shown is what that user may see. */
  runningUser: string | undefined;
  filters: { name: string; choices: string[] }[];
  /** When the oldest of its data were computed, ISO 8601, by the asking user's clock. */
  asOf: string | undefined;
  components: ShownComponent[];
  /** How many components are left out, because they are closed here. */
  closed: number;
}

/** A choice of one of a dashboard's filters. */
export interface FilterChoice {
  name: string;
  choice: string;
}

type Filters = ReturnType<typeof dashboardSchema.parse>['dashboardMetadata']['filters'];

/**
 * What a dashboard shows: the data as it was computed last, for nothing is refreshed here.
 * https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/analytics_api_dashboard_results_resource.htm
 * @throws Failure `not_found`, `ambiguous`; `invalid_input` for a choice that a filter does not have
 */
export async function showDashboard(
  salesforce: Salesforce,
  given: string,
  choices: readonly FilterChoice[],
): Promise<ShownDashboard> {
  const [record, { sole }] = await Promise.all([namedReport(salesforce, 'dashboard', given), salesforce.currencies()]);
  const dashboardId = String(record.Id);
  const path = `/dashboards/${dashboardId}`;
  const whole = read(dashboardSchema, await salesforce.analytics(path));
  const query = choices.map(choice => chosen(whole.dashboardMetadata.filters, choice)).join('&');
  const { dashboardMetadata, componentData, closedComponents } =
    query === '' ? whole : read(dashboardSchema, await salesforce.analytics(`${path}?${query}`));
  const dates = componentData.flatMap(({ status }) => (status?.refreshDate ? [isoTime(status.refreshDate) ?? ''] : []));
  const components = componentData.map(({ componentId, reportResult, status }): ShownComponent => {
    const part = dashboardMetadata.components.find(({ id }) => id === componentId);
    const title = part?.header || part?.title || reportResult?.reportMetadata.name || 'Without a title';
    return {
      title,
      footer: part?.footer ?? undefined,
      reportId: part?.reportId ?? undefined,
      tables: reportResult ? reportTables(reportResult, { rows: 0, orgCurrency: sole }) : undefined,
      problem: status?.errorMessage ?? undefined,
    };
  });
  return {
    dashboardId,
    name: typeof record.Title === 'string' ? record.Title : (dashboardMetadata.name ?? dashboardId),
    description: dashboardMetadata.description ?? undefined,
    runningUser: dashboardMetadata.runningUser?.displayName ?? undefined,
    filters: dashboardMetadata.filters.map(({ name, options }) => ({
      name: name ?? '',
      choices: options.map(optionLabel),
    })),
    asOf: dates.filter(Boolean).sort()[0],
    components,
    closed: closedComponents ?? 0,
  };
}

/** `filter1=0IC…`: the option of a filter. */
function chosen(filters: Filters, { name, choice }: FilterChoice): string {
  const wrong = (message: string) => invalidInput([{ field: 'filters', message }]);
  const found = filters.flatMap((filter, at) => (folded(filter.name ?? '') === folded(name) ? [{ filter, at }] : []));
  const [only, ...others] = found;
  if (!only) {
    const names = filters.map(filter => filter.name ?? '').filter(Boolean);
    throw wrong(
      names.length > 0
        ? `It has no filter ${quoted(name)}. Its filters are ${names.join(', ')}.`
        : 'This dashboard has no filters that can be used here.',
    );
  }
  if (others.length > 0) throw new Failure('ambiguous', `Several of its filters are called ${quoted(name)}.`);
  const options = only.filter.options.filter(option => folded(optionLabel(option)) === folded(choice));
  const [option, ...more] = options;
  if (option && more.length === 0) return `filter${only.at + 1}=${encodeURIComponent(option.id)}`;
  const labels = only.filter.options.map(optionLabel).join(', ');
  throw wrong(`${quoted(choice)} is none of the choices of ${name}, which are ${labels}.`);
}

function optionLabel({ alias, value, startValue, endValue }: Filters[number]['options'][number]): string {
  return alias || value || [startValue, endValue].filter(Boolean).join(' to ') || '-';
}
