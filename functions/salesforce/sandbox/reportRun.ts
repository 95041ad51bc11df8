import { lacks, rowsFor, schemaFor, type Viewer } from './access.ts';
import { currencyOf } from './currencies.ts';
import type { AnalyticsData } from './dataFiles.ts';
import { badRequest, mayNotRun } from './errors.ts';
import { type FieldPath, resolvePath } from './fieldPath.ts';
import type { FieldValue, Org, Row } from './org.ts';
import type { FieldDefinition, ObjectDefinition } from './schema.ts';

export type ReportDefinition = AnalyticsData['reports'][number];
export interface ReportFilter {
  column: string;
  operator: string;
  value: string;
}

interface Column {
  name: string;
  label: string;
  path: FieldPath;
}

interface Group {
  key: string;
  label: string;
  value: FieldValue;
  groupings: Group[];
}

/** A synchronous run gives as many rows. */
const MAX_ROWS = 2_000;

/** The type of a report with its columns, as far as the user sees them. */
export function reportColumns(
  { org, viewer }: { org: Org; viewer: Viewer },
  reportType: string,
): { object: ObjectDefinition; label: string; columns: Map<string, Column> } {
  const type = org.analytics.reportTypes[reportType];
  if (!type || !org.schema.find(type.object)) throw badRequest(`The report type ${reportType} is not there.`);
  const object = schemaFor(viewer, org.schema).find(type.object);
  if (!object || lacks(viewer, 'RunReports')) throw mayNotRun();
  const columns = Object.entries(type.columns).flatMap(([name, { label, path }]): [string, Column][] => {
    try {
      return [[name, { name, label, path: resolvePath({ org, viewer, soql: '' }, object, path) }]];
    } catch {
      return [];
    }
  });
  return { object, label: type.label, columns: new Map(columns) };
}

/** What describes a column: https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_getbasic_reportmetadata.htm */
export const columnInfo = ({ label, path }: Column, object: ObjectDefinition) => ({
  label,
  dataType: dataTypeOf(path.field),
  entityColumnName: path.field.name,
  fullyQualifiedName: `${object.name}.${path.name}`,
  filterable: true,
  filterValues: path.field.values.map(({ value, label: shown = value }) => ({ name: value, label: shown })),
  isLookup: false,
  uniqueCountable: true,
});

const dataTypeOf = ({ type }: FieldDefinition) => (type === 'address' || type === 'id' ? 'string' : type);

/** Runs a report over the records as they are now. */
export function runReport(
  scope: { org: Org; viewer: Viewer },
  report: ReportDefinition,
  { filters, name, details }: { filters: readonly ReportFilter[]; name: string; details: boolean },
) {
  const { org, viewer } = scope;
  const { object, label: typeLabel, columns } = reportColumns(scope, report.reportType);
  const columnOf = (column: string): Column => {
    const found = columns.get(column);
    if (!found) throw badRequest(`The column ${column} is not in this report type.`);
    return found;
  };
  const detail = report.detailColumns.filter(column => columns.has(column)).map(columnOf);
  const [down, across] = [report.groupingsDown.map(columnOf), report.groupingsAcross.map(columnOf)];
  const measures = report.aggregates.map(measure => measureOf(measure, columnOf));
  const tests = filters.map(filter => testOf(filter, columnOf(filter.column)));
  const rows = rowsFor(viewer, object, org).filter(row => !row.IsDeleted && tests.every(test => test(row)));

  const factMap: Record<string, object> = {};
  const [downGroups, acrossGroups] = [groupsOf(rows, down), groupsOf(rows, across)];
  const everything = { key: 'T', rows, isLeaf: true };
  const downs = downGroups.flat.length > 0 ? [...downGroups.flat, { ...everything, isLeaf: false }] : [everything];
  const acrosses =
    acrossGroups.flat.length > 0 ? [...acrossGroups.flat, { ...everything, isLeaf: false }] : [everything];
  let left = MAX_ROWS;
  for (const one of downs) {
    for (const other of acrosses) {
      const both = one.rows.filter(row => other.rows.includes(row));
      if (both.length === 0 && one.key !== 'T' && other.key !== 'T') continue;
      const shown = details && one.isLeaf && other.isLeaf ? both.slice(0, left) : [];
      left -= shown.length;
      factMap[`${one.key}!${other.key}`] = {
        aggregates: measures.map(({ compute }) => compute(both, org)),
        ...(details && {
          rows: shown.map(row => ({ dataCells: detail.map(({ path }) => cellOf(path, row, org)) })),
        }),
      };
    }
  }
  const info = (all: readonly Column[]) =>
    Object.fromEntries(all.map(column => [column.name, columnInfo(column, object)]));
  return {
    attributes: { type: 'Report', reportId: report.report, reportName: name },
    allData: rows.length <= MAX_ROWS,
    factMap,
    groupingsDown: { groupings: downGroups.tree },
    groupingsAcross: { groupings: acrossGroups.tree },
    hasDetailRows: details,
    reportExtendedMetadata: {
      aggregateColumnInfo: Object.fromEntries(
        measures.map(({ name: measure, label, dataType }) => [measure, { label, dataType }]),
      ),
      detailColumnInfo: info(detail),
      groupingColumnInfo: Object.fromEntries(
        [...down, ...across].map((column, groupingLevel) => [
          column.name,
          { label: column.label, dataType: dataTypeOf(column.path.field), groupingLevel },
        ]),
      ),
    },
    reportMetadata: {
      ...metadataOf(report, { filters, name, typeLabel }),
      currency: org.currencies.corporate,
    },
  };
}

export const metadataOf = (
  report: ReportDefinition,
  { filters, name, typeLabel }: { filters: readonly ReportFilter[]; name: string; typeLabel: string },
) => ({
  id: report.report,
  name,
  reportFormat: report.groupingsAcross.length > 0 ? 'MATRIX' : report.groupingsDown.length > 0 ? 'SUMMARY' : 'TABULAR',
  reportType: { type: report.reportType, label: typeLabel },
  aggregates: report.aggregates,
  detailColumns: report.detailColumns,
  groupingsDown: report.groupingsDown.map(column => ({ name: column, sortOrder: 'Asc', dateGranularity: 'None' })),
  groupingsAcross: report.groupingsAcross.map(column => ({ name: column, sortOrder: 'Asc', dateGranularity: 'None' })),
  reportFilters: filters,
  reportBooleanFilter: null,
  standardFilters: [],
  standardDateFilter: null,
  buckets: [],
  crossFilters: [],
  customDetailFormula: null,
  customSummaryFormula: null,
  historicalSnapshotDates: [],
  sortBy: [],
  scope: 'organization',
  currency: null as string | null,
});

interface FlatGroup {
  key: string;
  rows: Row[];
  isLeaf: boolean;
}

/** Groups in groups, each with the rows in it. The second group in the first one is `0_1`. */
function groupsOf(
  rows: readonly Row[],
  [first, ...others]: readonly Column[],
  prefix = '',
): { tree: Group[]; flat: FlatGroup[] } {
  if (!first) return { tree: [], flat: [] };
  const byValue = [...Map.groupBy(rows, row => first.path.read(row))].sort(([one], [other]) =>
    String(one ?? '').localeCompare(String(other ?? '')),
  );
  const tree: Group[] = [];
  const flat: FlatGroup[] = [];
  for (const [at, [value, members]] of byValue.entries()) {
    const key = `${prefix}${at}`;
    const below = groupsOf(members, others, `${key}_`);
    tree.push({ key, label: labelOf(first.path, value), value, groupings: below.tree });
    flat.push({ key, rows: members, isLeaf: others.length === 0 }, ...below.flat);
  }
  return { tree, flat };
}

const labelOf = ({ field }: FieldPath, value: FieldValue) =>
  value === null ? '-' : (field.values.find(each => each.value === value)?.label ?? String(value));

/** An amount is written with its currency, a day as in the United States. */
function cellOf(path: FieldPath, row: Row, org: Org) {
  const value = path.read(row);
  const { type } = path.field;
  if (value === null) return { label: '-', value: null };
  if (type === 'currency') {
    const currency = currencyOf(row, org.currencies);
    return { label: written(Number(value), currency), value: { amount: value, currency } };
  }
  if (type === 'date') {
    const [year, month, day] = String(value).split('-');
    return { label: `${Number(month)}/${Number(day)}/${year}`, value };
  }
  return { label: labelOf(path, value), value };
}

const written = (amount: number, currency: string) =>
  `${currency} ${amount.toLocaleString('en-US', { minimumFractionDigits: 2 })}`;

const kinds: Readonly<Record<string, { label: string; of(values: readonly number[]): number | null }>> = {
  s: { label: 'Sum of', of: values => values.reduce((sum, value) => sum + value, 0) },
  a: {
    label: 'Average',
    of: values => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length),
  },
  mx: { label: 'Largest', of: values => (values.length === 0 ? null : Math.max(...values)) },
  m: { label: 'Smallest', of: values => (values.length === 0 ? null : Math.min(...values)) },
};

function measureOf(name: string, columnOf: (column: string) => Column) {
  if (name === 'RowCount') {
    const compute = (rows: readonly Row[]) => ({ label: String(rows.length), value: rows.length });
    return { name, label: 'Record Count', dataType: 'int', compute };
  }
  const [, kind = '', column = ''] = /^(\w+)!(.+)$/.exec(name) ?? [];
  const { label, path } = columnOf(column);
  return {
    name,
    label: `${kinds[kind]?.label} ${label}`,
    dataType: dataTypeOf(path.field),
    compute(rows: readonly Row[], { currencies }: Org) {
      const values = rows.flatMap(row => {
        const value = path.readIn(row, currencies.corporate);
        return typeof value === 'number' ? [value] : [];
      });
      const value = kinds[kind]?.of(values) ?? null;
      return { label: value === null ? '-' : written(value, currencies.corporate), value };
    },
  };
}

/** Values are parted by commas; one with a comma in it stands in quotation marks. */
const valuesIn = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"]|"")*)"|([^,]+)/g)].map(([, quoted, plain]) =>
    (quoted?.replaceAll('""', '"') ?? plain ?? '').trim(),
  );

function testOf({ operator, value }: ReportFilter, { path }: Column): (row: Row) => boolean {
  const wanted = value === '' ? [''] : valuesIn(value);
  const textOf = (row: Row) => String(path.read(row) ?? '').toLowerCase();
  const isOne = (row: Row) =>
    wanted.some(each => {
      const text = textOf(row);
      return path.field.type === 'datetime' ? text.slice(0, 10) === each : text === each.toLowerCase();
    });
  const compare = (row: Row) => {
    const own = path.read(row);
    const [bound = ''] = wanted;
    if (own === null) return Number.NaN;
    if (typeof own === 'number') return own - Number(bound);
    const shown = path.field.type === 'datetime' ? String(own).slice(0, 10) : String(own);
    return shown.localeCompare(bound);
  };
  switch (operator) {
    case 'equals':
      return isOne;
    case 'notEqual':
      return row => !isOne(row);
    case 'contains':
      return row => wanted.some(each => textOf(row).includes(each.toLowerCase()));
    case 'notContain':
      return row => !wanted.some(each => textOf(row).includes(each.toLowerCase()));
    case 'greaterOrEqual':
      return row => compare(row) >= 0;
    case 'lessOrEqual':
      return row => compare(row) <= 0;
    default:
      throw badRequest(`The filter operator ${operator} is not valid for this column.`);
  }
}
