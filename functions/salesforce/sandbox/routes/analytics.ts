import * as z from 'zod';
import { canSeeRow } from '../access.ts';
import { jsonParserError, notFound } from '../errors.ts';
import { recordId } from '../recordId.ts';
import { columnInfo, metadataOf, type ReportDefinition, reportColumns, runReport } from '../reportRun.ts';
import { type ApiCall, ok, type Route, route } from '../router.ts';
import { salesforceTime } from '../salesforceTime.ts';

/** Of a run's metadata what may be changed here: the filters. */
const runBody = z.strictObject({
  reportMetadata: z
    .strictObject({
      reportFilters: z.array(z.looseObject({ column: z.string(), operator: z.string(), value: z.string() })).optional(),
      reportBooleanFilter: z.string().nullish(),
    })
    .optional(),
});

/** https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/ */
export const analyticsRoutes: Route[] = [
  route('GET', 'analytics/reports/{id}/describe', call => {
    const report = reportOf(call, call.params.id);
    const { object, label, columns } = reportColumns(call, report.reportType);
    return ok({
      reportMetadata: metadataOf(report, {
        filters: report.filters,
        name: nameOf(call, report.report),
        typeLabel: label,
      }),
      reportTypeMetadata: {
        categories: [
          {
            label,
            columns: Object.fromEntries([...columns].map(([name, column]) => [name, columnInfo(column, object)])),
          },
        ],
      },
    });
  }),
  route('POST', 'analytics/reports/{id}', call => {
    const report = reportOf(call, call.params.id);
    const parsed = runBody.safeParse(call.body ?? {});
    if (!parsed.success) throw jsonParserError(z.prettifyError(parsed.error));
    const row = call.org.find(report.report)?.row;
    if (row) row.LastRunDate = salesforceTime(call.org.now());
    return ok(
      runReport(call, report, {
        filters: parsed.data.reportMetadata?.reportFilters ?? report.filters,
        name: nameOf(call, report.report),
        details: call.query.get('includeDetails') === 'true',
      }),
    );
  }),
  route('GET', 'analytics/dashboards/{id}', call => {
    const { org, params, query } = call;
    const dashboard = org.analytics.dashboards.find(each => each.dashboard === params.id);
    if (!dashboard || !isShown(call, params.id)) throw notFound();
    const filters = dashboard.filters.map(({ name, column, options }, at) => {
      const all = options.map((value, option) => ({
        alias: null,
        id: recordId('0IC', at * 100 + option + 1),
        operation: 'equals',
        value,
        startValue: null,
        endValue: null,
      }));
      const chosen = query.get(`filter${at + 1}`);
      const selectedOption = chosen === null ? null : (all.findIndex(({ id }) => id === chosen) ?? null);
      if (selectedOption === -1) throw jsonParserError(`The filter option ${chosen} is invalid.`);
      return { name, column, options: all, selectedOption };
    });
    const added = filters.flatMap(({ column, options, selectedOption }) => {
      const value = selectedOption === null ? undefined : options[selectedOption]?.value;
      return value === undefined ? [] : [{ column, operator: 'equals', value }];
    });
    const [, days = '0', hours = '0', minutes = '0'] = /^(-?\d+)d (\d\d):(\d\d)$/.exec(dashboard.refreshed) ?? [];
    const now = org.now();
    const refreshDate = new Date(
      Date.UTC(
        now.getUTCFullYear(),
        now.getUTCMonth(),
        now.getUTCDate() + Number(days),
        Number(hours),
        Number(minutes),
      ),
    ).toISOString();
    const parts = dashboard.components.map((component, at) => ({ ...component, id: recordId('01a', at + 1) }));
    return ok({
      componentData: parts.map(({ id, report: reportId }) => {
        const report = reportOf(call, reportId);
        const { columns } = reportColumns(call, report.reportType);
        return {
          componentId: id,
          reportResult: runReport(call, report, {
            filters: [...report.filters, ...added.filter(({ column }) => columns.has(column))],
            name: nameOf(call, reportId),
            details: false,
          }),
          status: { dataStatus: 'DATA', errorCode: null, errorMessage: null, refreshDate, refreshStatus: 'IDLE' },
        };
      }),
      dashboardMetadata: {
        id: dashboard.dashboard,
        name: nameOf(call, dashboard.dashboard),
        description: org.find(dashboard.dashboard)?.row.Description ?? null,
        runningUser: { id: dashboard.runningUser, displayName: nameOf(call, dashboard.runningUser) },
        filters: filters.map(({ column: _column, ...filter }) => ({ ...filter, errorMessage: null })),
        components: parts.map(({ id, report, header, footer = null, type }) => ({
          id,
          reportId: report,
          header,
          footer,
          title: null,
          type: 'Report',
          properties: { visualizationType: type },
        })),
      },
    });
  }),
];

function reportOf(call: ApiCall, id: string | undefined): ReportDefinition {
  const report = call.org.analytics.reports.find(each => each.report === id);
  if (!report || !isShown(call, id)) throw notFound();
  return report;
}

function isShown({ org, viewer }: ApiCall, id: string | undefined): boolean {
  const record = org.find(id);
  return record !== undefined && !record.row.IsDeleted && canSeeRow(org, viewer, record);
}

function nameOf({ org }: ApiCall, id: string): string {
  const row = org.find(id)?.row;
  return String(row?.Name ?? row?.Title ?? id);
}
