import type { FunctionExp, Query, FieldType as SelectItem } from '@jetstreamapp/soql-parser-js';
import { clockAt } from '../../../shared/time/timeZone.ts';
import { noSuchColumn, soqlRefusal } from './errors.ts';
import { rawPath, resolvePath, type Scope } from './fieldPath.ts';
import type { FieldValue, Row } from './org.ts';
import { type FieldDefinition, type FieldType, isGroupable, type ObjectDefinition } from './schema.ts';
import { compileClause, type Operand } from './soqlCondition.ts';
import { compareValues } from './soqlOrder.ts';

const aggregates: Record<string, (values: Exclude<FieldValue, null>[]) => FieldValue> = {
  COUNT: values => values.length,
  COUNT_DISTINCT: values => new Set(values).size,
  SUM: values => (values.length === 0 ? null : sum(values)),
  AVG: values => (values.length === 0 ? null : sum(values) / values.length),
  MIN: values => values.toSorted(ascending)[0] ?? null,
  MAX: values => values.toSorted(ascending).at(-1) ?? null,
};
const sum = (values: FieldValue[]) => values.reduce<number>((total, value) => total + Number(value), 0);
const ascending = (a: FieldValue, b: FieldValue) => compareValues(a, b, { field: '' });

const parts: Record<string, (date: Date) => number> = {
  CALENDAR_YEAR: date => date.getUTCFullYear(),
  FISCAL_YEAR: date => date.getUTCFullYear(),
  CALENDAR_QUARTER: date => Math.floor(date.getUTCMonth() / 3) + 1,
  FISCAL_QUARTER: date => Math.floor(date.getUTCMonth() / 3) + 1,
  CALENDAR_MONTH: date => date.getUTCMonth() + 1,
  FISCAL_MONTH: date => date.getUTCMonth() + 1,
  DAY_IN_MONTH: date => date.getUTCDate(),
  DAY_IN_WEEK: date => date.getUTCDay() + 1,
  HOUR_IN_DAY: date => date.getUTCHours(),
};

export const isAggregate = (item: SelectItem): boolean =>
  item.type === 'FieldFunctionExpression' && item.functionName.toUpperCase() in aggregates;

/**
 * A date function of a field in a condition or a GROUP BY: `CALENDAR_YEAR(CloseDate)`. Of times it tells the days of UTC, or with
 * `convertTimezone` those of the user's zone; the fiscal ones do not know years that the org has defined itself.
 */
export function functionOperand(scope: Scope, object: ObjectDefinition, fn: FunctionExp): Operand<Row> {
  const name = (fn.functionName ?? '').toUpperCase();
  const [parameter = ''] = fn.parameters ?? [];
  const isConverted = typeof parameter !== 'string' && parameter.functionName?.toUpperCase() === 'CONVERTTIMEZONE';
  const field = typeof parameter === 'string' ? parameter : String(parameter.parameters?.[0] ?? '');
  const path = resolvePath(scope, object, field);
  if (isConverted && path.field.type !== 'datetime') {
    const sentence = `convertTimezone takes a dateTime: ${field}`;
    throw soqlRefusal('MALFORMED_QUERY', scope.soql, field, sentence);
  }
  const zone = isConverted ? scope.org.find(scope.viewer.Id)?.row.TimeZoneSidKey : undefined;
  const part = parts[name];
  const named = { name: fn.rawValue ?? name, filterable: true };
  const timeOf = (row: Row): string | null => {
    const value = path.read(row);
    if (value === null) return null;
    return typeof zone === 'string'
      ? clockAt(new Date(String(value)), zone)
          .slice(0, 19)
          .concat('Z')
      : String(value);
  };
  if (name === 'DAY_ONLY') return { ...named, type: 'date', read: row => timeOf(row)?.slice(0, 10) ?? null };
  const startMonth = name.startsWith('FISCAL') ? fiscalStart(scope, name) : 1;
  if (!part) throw soqlRefusal('MALFORMED_QUERY', scope.soql, name, `Unknown function: ${fn.functionName}`);
  return {
    ...named,
    type: 'int',
    read(row) {
      const value = timeOf(row);
      if (value === null) return null;
      const date = new Date(value);
      // A fiscal year is called by the calendar year in which it ends.
      return part(
        startMonth === 1 ? date : new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 13 - startMonth)),
      );
    },
  };
}

/** The month in which the org's year begins. */
function fiscalStart({ org, soql }: Scope, name: string): number {
  const rowsOf = (objectType: string) => org.schema.objects.filter(each => each.name === objectType).flatMap(org.rows);
  if (rowsOf('FiscalYearSettings').some(({ IsStandardYear }) => IsStandardYear === false)) {
    throw soqlRefusal('MALFORMED_QUERY', soql, name, `${name} is not supported with custom fiscal years`);
  }
  return Number(rowsOf('Organization')[0]?.FiscalYearStartMonth ?? 1);
}

interface Group {
  rows: Row[];
  /** The keys of which it is a group; a total over the others. */
  by: ReadonlySet<GroupKey>;
}

interface Column extends Operand<Group> {
  field?: FieldDefinition;
}

/** The rows of an answer to a statement with GROUP BY or an aggregate: one per group, sorted, before LIMIT. */
export function aggregate(
  scope: Scope,
  object: ObjectDefinition,
  query: Query,
  rows: Row[],
): Record<string, unknown>[] {
  const { clauses, sets } = groupings([query.groupBy ?? []].flat());
  const keys = clauses.map(clause => groupKey(scope, object, clause, query));
  const groups = query.groupBy
    ? sets.flatMap(set => [
        ...groupRows(
          rows,
          keys.filter((_, at) => set.includes(at)),
        ).values(),
      ])
    : [{ rows, by: new Set<GroupKey>() }];

  const column = (source: string | FunctionExp): Column => {
    if (typeof source !== 'string' && source.functionName && source.functionName.toUpperCase() in aggregates) {
      return aggregateColumn(scope, object, source, query);
    }
    const isGrouping = typeof source !== 'string' && source.functionName?.toUpperCase() === 'GROUPING';
    const wanted = isGrouping
      ? String(source.parameters?.[0])
      : typeof source === 'string'
        ? source
        : (source.rawValue ?? '');
    const key = keys.find(entry => entry.matches(wanted));
    if (key && isGrouping)
      return { name: 'GROUPING', type: 'int', filterable: true, read: ({ by }) => (by.has(key) ? 0 : 1) };
    if (key) return { ...key, read: ({ rows: [first], by }) => (first && by.has(key) ? key.read(first) : null) };
    throw soqlRefusal('MALFORMED_QUERY', scope.soql, wanted, `Field must be grouped or aggregated: ${wanted}`);
  };

  let expressions = 0;
  const columns = (query.fields ?? []).map(item => {
    if (item.type === 'FieldFunctionExpression') {
      return { ...column(item), name: item.alias ?? `expr${expressions++}` };
    }
    if (!('field' in item) || item.type === 'FieldTypeof') {
      throw soqlRefusal(
        'MALFORMED_QUERY',
        scope.soql,
        '',
        'Grouped query cannot use child relationships in the SELECT list',
      );
    }
    const grouped = column(rawPath(item));
    return { ...grouped, name: ('alias' in item && item.alias) || grouped.field?.name || grouped.name };
  });
  const byAlias = (name: string) => columns.find(entry => entry.name.toLowerCase() === name.toLowerCase());

  const { having } = query;
  const kept = having
    ? groups.filter(
        compileClause<Group>(
          scope,
          having,
          condition => column('fn' in condition ? condition.fn : condition.field),
          () => [],
        ),
      )
    : groups;

  const orders = [query.orderBy ?? []].flat().map(clause => ({
    clause,
    by: 'fn' in clause ? column(clause.fn) : (byAlias(clause.field) ?? column(clause.field)),
  }));
  const sorted = kept.toSorted((a, b) => {
    for (const { clause, by } of orders) {
      const order = compareValues(by.read(a), by.read(b), clause, by.field);
      if (order !== 0) return order;
    }
    return 0;
  });
  return sorted.map(group => ({
    attributes: { type: 'AggregateResult' },
    ...Object.fromEntries(columns.map(entry => [entry.name, entry.read(group)])),
  }));
}

type GroupClause = { field: string } | { fn: FunctionExp };

/** What rows are grouped by, and which of that in each grouping: `ROLLUP(a, b)` groups by both, by a, and by nothing. */
function groupings(given: readonly GroupClause[]): { clauses: GroupClause[]; sets: number[][] } {
  const [first] = given;
  const name = first && 'fn' in first ? (first.fn.functionName ?? '').toUpperCase() : '';
  if (!first || !('fn' in first) || (name !== 'ROLLUP' && name !== 'CUBE')) {
    return { clauses: [...given], sets: [given.map((_, at) => at)] };
  }
  const clauses = (first.fn.parameters ?? []).map(parameter =>
    typeof parameter === 'string' ? { field: parameter } : { fn: parameter },
  );
  const all = clauses.map((_, at) => at);
  const sets =
    name === 'ROLLUP'
      ? [...all.map(at => all.slice(0, all.length - at)), []]
      : Array.from({ length: 2 ** all.length }, (_, bits) => all.filter(at => !(bits & (1 << at))));
  return { clauses, sets };
}

interface GroupKey extends Omit<Operand<Row>, 'readIn'> {
  field?: FieldDefinition;
  matches(wanted: string): boolean;
}

function groupKey(scope: Scope, object: ObjectDefinition, clause: GroupClause, query: Query): GroupKey {
  const matches = (name: string) => (wanted: string) => wanted.toLowerCase() === name.toLowerCase();
  if ('fn' in clause) {
    return { ...functionOperand(scope, object, clause.fn), matches: matches(clause.fn.rawValue ?? '') };
  }
  const path = resolvePath(scope, object, clause.field, query.sObjectAlias);
  const { field, name, read } = path;
  if (!field.filterable) throw noSuchColumn(scope.soql, clause.field, object.name);
  if (!isGroupable(field)) {
    const sentence = `field '${clause.field}' can not be grouped in a query call`;
    throw soqlRefusal('MALFORMED_QUERY', scope.soql, clause.field, sentence);
  }
  return { name, type: field.type, filterable: true, read, field, matches: matches(name) };
}

function groupRows(rows: Row[], keys: GroupKey[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const key = JSON.stringify(keys.map(entry => entry.read(row)));
    const group = groups.get(key) ?? { rows: [], by: new Set(keys) };
    group.rows.push(row);
    groups.set(key, group);
  }
  return groups;
}

function aggregateColumn(scope: Scope, object: ObjectDefinition, fn: FunctionExp, query: Query): Column {
  const name = (fn.functionName ?? '').toUpperCase();
  const compute = aggregates[name];
  const [parameter] = (fn.parameters ?? []).map(String);
  if (!compute) throw soqlRefusal('MALFORMED_QUERY', scope.soql, name, `Unknown function: ${name}`);
  if (parameter === undefined) {
    return { name, type: 'int', filterable: true, read: group => group.rows.length };
  }
  const path = resolvePath(scope, object, parameter, query.sObjectAlias);
  const { corporate } = scope.org.currencies;
  // Amounts in several currencies are aggregated in the corporate one.
  const read = (row: Row) => (path.field.type === 'currency' ? path.readIn(row, corporate) : path.read(row));
  const type: FieldType = name.startsWith('COUNT') ? 'int' : path.field.type;
  if (['SUM', 'AVG'].includes(name) && !['int', 'double', 'currency', 'percent'].includes(type)) {
    const sentence = `field ${path.name} does not support aggregate operator ${name}`;
    throw soqlRefusal('MALFORMED_QUERY', scope.soql, parameter, sentence);
  }
  return {
    name: path.name,
    type,
    filterable: true,
    read: group => compute(group.rows.map(read).filter(value => value !== null)),
  };
}
