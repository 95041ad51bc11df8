import * as z from 'zod';
import { money } from '../amounts.ts';
import { isoTime } from '../recordValues.ts';
import { htmlToMarkdown } from '../richText.ts';
import type { Grouping, ReportCell, ReportResult } from './wire.ts';

/** A group of a report, or a total over several of them. */
interface Group {
  /** The labels of its groupings, down and then across; `all` where it is a total over them. */
  group: string;
  /** True where its values are over the groups of another row. */
  isTotal?: true;
  /** One for each measure. */
  values: string[];
}

/** What a report tells, as small tables of texts. */
export interface ReportTables {
  groupedBy: string[];
  measures: string[];
  /** One for each measure: over the whole report. */
  totals: string[];
  groups: Group[];
  /** How many groups there are. */
  groupCount: number;
  columns: string[];
  rows: string[][];
  rowCount: number;
}

const MAX_GROUPS = 100;
/** What Salesforce calls the total over all groups. */
const ALL = 'T';

interface Node {
  key: string;
  labels: string[];
  isLeaf: boolean;
}

/**
 * The tables of a report's result. Amounts have their currency, days are ISO 8601.
 * https://developer.salesforce.com/docs/atlas.en-us.api_analytics.meta/api_analytics/sforce_analytics_rest_api_factmap_example.htm
 */
export function reportTables(
  { factMap, groupingsDown, groupingsAcross, reportMetadata, reportExtendedMetadata }: ReportResult,
  { rows: wanted, orgCurrency }: { rows: number; orgCurrency: string | undefined },
): ReportTables {
  const { aggregateColumnInfo, detailColumnInfo, groupingColumnInfo } = reportExtendedMetadata;
  const currency = reportMetadata.currency ?? orgCurrency;
  const labelOf = (name: string) => groupingColumnInfo[name]?.label ?? detailColumnInfo[name]?.label ?? name;
  const down = reportMetadata.groupingsDown.map(({ name }) => labelOf(name));
  const across = reportMetadata.groupingsAcross.map(({ name }) => labelOf(name));
  const valuesOf = (key: string) =>
    reportMetadata.aggregates.map((name, at) =>
      shownValue(factMap[key]?.aggregates[at], aggregateColumnInfo[name]?.dataType, currency),
    );
  const total: Node = { key: ALL, labels: [], isLeaf: false };
  const downNodes = nodesOf(groupingsDown);
  const acrossNodes = nodesOf(groupingsAcross);

  const groups: Group[] = [];
  let groupCount = 0;
  for (const one of downNodes.length > 0 ? [...downNodes, total] : [total]) {
    for (const other of acrossNodes.length > 0 ? [...acrossNodes, total] : [total]) {
      const key = `${one.key}!${other.key}`;
      // The total over everything stands by itself, and a report need not have all others.
      if (key === 'T!T' || !factMap[key]) continue;
      groupCount += 1;
      if (groups.length >= MAX_GROUPS) continue;
      const isTotal = (down.length > 0 && !one.isLeaf) || (across.length > 0 && !other.isLeaf);
      const labels = [...padded(one.labels, down.length), ...padded(other.labels, across.length)];
      groups.push({ group: labels.join(' / '), ...(isTotal && { isTotal }), values: valuesOf(key) });
    }
  }

  const rows: string[][] = [];
  let rowCount = 0;
  for (const node of downNodes.length > 0 ? downNodes : [total]) {
    for (const other of acrossNodes.length > 0 ? acrossNodes : [total]) {
      const found = factMap[`${node.key}!${other.key}`]?.rows ?? [];
      rowCount += found.length;
      for (const { dataCells } of found.slice(0, Math.max(0, wanted - rows.length))) {
        const cells = reportMetadata.detailColumns.map((name, at) =>
          shownValue(dataCells[at], detailColumnInfo[name]?.dataType, currency),
        );
        rows.push([...node.labels, ...other.labels, ...cells]);
      }
    }
  }

  return {
    groupedBy: [...down, ...across],
    measures: reportMetadata.aggregates.map(name => aggregateColumnInfo[name]?.label ?? name),
    totals: valuesOf('T!T'),
    groups,
    groupCount,
    columns: [...down, ...across, ...reportMetadata.detailColumns.map(labelOf)],
    rows,
    rowCount,
  };
}

/** Every group, each before the groups in it. */
function nodesOf(groupings: readonly Grouping[], above: readonly string[] = []): Node[] {
  return groupings.flatMap(({ key, label, groupings: below }) => {
    const labels = [...above, label?.trim() || '-'];
    return [{ key, labels, isLeaf: below.length === 0 }, ...nodesOf(below, labels)];
  });
}

const padded = (labels: readonly string[], length: number) => [
  ...labels,
  ...Array.from({ length: Math.max(0, length - labels.length) }, () => 'all'),
];

/** A value as people read it. What Salesforce writes in the way of its user's country is written anew. */
function shownValue(
  cell: ReportCell | undefined,
  dataType: string | null | undefined,
  currency: string | undefined,
): string {
  const { label = '', value } = cell ?? {};
  if (value === null || value === undefined) return label === '-' ? '' : (label ?? '');
  if (dataType === 'currency') {
    const { amount, isoCode } = amountOf(value);
    if (amount !== undefined) return money(amount, isoCode ?? currency);
  }
  if (typeof value === 'string') {
    if (dataType === 'date' && /^\d{4}-\d\d-\d\d/.test(value)) return value.slice(0, 10);
    if (dataType === 'datetime') return isoTime(value) ?? value;
  }
  if (typeof value === 'number' && (dataType === 'double' || dataType === 'int')) return money(value, undefined);
  const text = label ?? '';
  return /<[a-z]/i.test(text) ? htmlToMarkdown(text) : text;
}

/** `5000`, or `{ "amount": 5000, "currency": "EUR" }`. */
function amountOf(value: unknown): { amount?: number; isoCode?: string } {
  if (typeof value === 'number') return { amount: value };
  const { data } = amountValue.safeParse(value);
  return data ? { amount: data.amount, ...(data.currency && { isoCode: data.currency }) } : {};
}

const amountValue = z.object({ amount: z.number(), currency: z.string().nullish() });
