import { valueAt } from '../recordValues.ts';
import type { Salesforce } from '../salesforce.ts';
import { allOf, list, names, type Soql, soql } from '../soql.ts';
import { currencyField } from '../visibleFields.ts';
import type { SalesforceRecord } from '../wire.ts';
import type { Grouping, GroupName } from './grouping.ts';
import type { Figure, Measure } from './measure.ts';

/** What is known of some numbers. */
export interface Stat {
  count: number;
  sum: number;
  least: number | undefined;
  most: number | undefined;
}

/** Records of one group, or a single one. */
export interface Cell {
  /** One for each grouping. */
  groups: readonly GroupName[];
  records: number;
  won: number;
  lost: number;
  /** By the places of the measures; amounts in the corporate currency where an org has several. */
  stats: readonly (Stat | undefined)[];
  /** The currencies of the amounts in `stats`. */
  currencies: ReadonlySet<string>;
  /** The same of each currency for itself, where it was read. */
  byCurrency: ReadonlyMap<string, readonly (Stat | undefined)[]>;
}

/** What is counted, and how. */
export interface Counting {
  salesforce: Salesforce;
  objectType: string;
  conditions: readonly Soql[];
  groupings: readonly Grouping[];
  measures: readonly Measure[];
  now: Date;
  /** The zone whose days count, and the one in which SOQL tells them; undefined where it is not told. */
  timeZone: string;
  sessionTimeZone: string | undefined;
  /** Whether each record has a currency of its own, and the one that totals are converted into. */
  isMulti: boolean;
  corporate: string | undefined;
  /** Whether what Salesforce has archived is counted; the conditions then leave out what was deleted. */
  withArchived: boolean;
}

export interface Counted {
  total: Cell;
  cells: readonly Cell[];
  /** What should be known of the numbers. */
  notes: readonly string[];
  /** What is missing in them. */
  partial: readonly string[];
}

/** Salesforce returns no more groups: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_groupby.htm */
const MAX_GROUPS = 2000;
/** As many records are read where SOQL cannot tell something; a request for each 2,000. */
const MAX_ROWS = 10_000;

/**
 * Counts records by group. One aggregate query, where SOQL can tell all that is wanted; else the records are read, too: for days
 * between two times, for amounts in other currencies than the corporate one, and for days in another zone than that of the
 * Salesforce user as whom the call runs.
 */
export async function countedBy(counting: Counting): Promise<Counted> {
  const { salesforce, groupings, measures, isMulti, corporate, timeZone, sessionTimeZone } = counting;
  const options = { withDeleted: counting.withArchived };
  const notes: string[] = [];
  const partial: string[] = [];
  const isGrouped = groupings.length > 0;
  const answered = (await salesforce.query(aggregateStatement(counting), options)).map(row =>
    cellOfGroup(row, counting),
  );
  const isCut = isGrouped && answered.length >= MAX_GROUPS;
  const whole = { ...counting, groupings: [] };
  const totals = isCut
    ? (await salesforce.query(aggregateStatement(whole), options)).map(row => cellOfGroup(row, whole))
    : answered;
  let total = folded(totals, []);
  let cells: readonly Cell[] = isCut ? withoutTorn(answered, groupings) : answered;
  if (isCut) {
    partial.push(
      `Salesforce tells at most ${MAX_GROUPS} groups, and there are more: the ${groupings.some(({ series }) => series) ? 'earliest' : 'smallest'} are missing here, while the numbers of all records are whole.`,
    );
  }

  const spans = measures.filter(measure => measure.kind === 'span');
  const hasOtherZone = groupings.some(({ series }) => series?.isOfMoments) && sessionTimeZone !== timeZone;
  const hasOtherCurrencies = isMulti && hasAmounts(measures) && [...total.currencies].some(code => code !== corporate);
  const fits = total.records <= MAX_ROWS;
  if (hasOtherZone && !fits) {
    notes.push(
      `Days are those of ${sessionTimeZone ?? 'the Salesforce user of this service'}, because there are too many records to read them in ${timeZone}.`,
    );
  }
  if (hasOtherCurrencies && !fits) {
    notes.push(`Totals of each currency are told where there are at most ${counted(MAX_ROWS)}.`);
  }
  const isRead = spans.length > 0 || ((hasOtherZone || hasOtherCurrencies) && fits);
  if (isRead && total.records > 0) {
    const isOfWon =
      spans.length > 0 && spans.every(({ ofWon }) => ofWon) && !((hasOtherZone || hasOtherCurrencies) && fits);
    const { records, areAll } = await salesforce.rows(rowStatement(counting, isOfWon), MAX_ROWS, options);
    const samples = records.map(record => cellOfRecord(record, counting));
    if (!areAll && spans.length > 0) {
      partial.push(`${spans.map(({ label }) => label).join(' and ')} are of the latest ${counted(MAX_ROWS)} only.`);
    }
    const added = samples.map(sample => onlyRead(sample, { counting, withCurrencies: hasOtherCurrencies && fits }));
    total = folded([total, ...added], []);
    if (hasOtherZone && fits && areAll) cells = samples;
    else {
      const known = isCut ? new Set(cells.map(keyOf)) : undefined;
      cells = [...cells, ...added.filter(cell => known?.has(keyOf(cell)) ?? true)];
    }
  }
  return { total, cells, notes, partial };
}

const counted = (count: number) => `${count.toLocaleString('en-US')} records`;
const hasAmounts = (measures: readonly Measure[]) =>
  measures.some(measure => measure.kind === 'field' && measure.isAmount);
const keyOf = ({ groups }: Cell) => JSON.stringify(groups.map(({ key }) => key));

/** Without the earliest period, of which groups may be missing. */
function withoutTorn(cells: readonly Cell[], groupings: readonly Grouping[]): readonly Cell[] {
  const at = groupings.findIndex(({ series }) => series);
  const periods = [...new Set(cells.map(({ groups }) => groups[at]?.key ?? ''))].filter(Boolean).sort();
  const [first, ...others] = periods;
  return at < 0 || others.length === 0 ? cells : cells.filter(({ groups }) => groups[at]?.key !== first);
}

/** The numbers of cells together. */
export function folded(cells: readonly Cell[], groups: readonly GroupName[]): Cell {
  const stats: (Stat | undefined)[] = [];
  const byCurrency = new Map<string, (Stat | undefined)[]>();
  const currencies = new Set<string>();
  let [records, won, lost] = [0, 0, 0];
  for (const cell of cells) {
    records += cell.records;
    won += cell.won;
    lost += cell.lost;
    addTo(stats, cell.stats);
    for (const code of cell.currencies) currencies.add(code);
    for (const [code, own] of cell.byCurrency) {
      const sums = byCurrency.get(code) ?? [];
      addTo(sums, own);
      byCurrency.set(code, sums);
    }
  }
  return { groups, records, won, lost, stats, currencies, byCurrency };
}

function addTo(sums: (Stat | undefined)[], added: readonly (Stat | undefined)[]): void {
  for (const [at, stat] of added.entries()) {
    if (!stat) continue;
    const sum = sums[at];
    sums[at] = sum
      ? {
          count: sum.count + stat.count,
          sum: sum.sum + stat.sum,
          least: least(sum.least, stat.least),
          most: most(sum.most, stat.most),
        }
      : stat;
  }
}

const least = (one: number | undefined, other: number | undefined) =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
const most = (one: number | undefined, other: number | undefined) =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);

/** What stands in GROUP BY, each once: two spans of one date share what they are made of. */
function groupColumns({ groupings, measures, isMulti }: Counting): Soql[] {
  const columns = [
    ...groupings.flatMap(({ columns }) => columns),
    ...measures.flatMap(measure => (measure.kind === 'rate' ? measure.paths.map(path => names(path)) : [])),
    ...(isMulti && hasAmounts(measures) ? [names(currencyField)] : []),
  ];
  return [...new Map(columns.map(column => [column.text, column])).values()];
}

const functions: Readonly<Record<Figure, readonly string[]>> = {
  sum: ['SUM'],
  average: ['SUM'],
  least: ['MIN'],
  most: ['MAX'],
};

/** The functions of a field that tell its figures; COUNT tells of how many. */
function functionsOf(figures: ReadonlySet<Figure>): string[] {
  return [...new Set(['COUNT', ...[...figures].flatMap(figure => functions[figure])])];
}

/** The statement that tells the numbers of each group, or of all records. */
export function aggregateStatement(counting: Counting): Soql {
  const { objectType, conditions, groupings, measures } = counting;
  const grouped = groupColumns(counting);
  const columns = [
    ...grouped.map((column, at) => soql`${column} ${names(`g${at}`)}`),
    soql`COUNT(Id) n`,
    ...measures.flatMap((measure, at) =>
      measure.kind === 'field'
        ? functionsOf(measure.figures).map(
            name => soql`${names(name)}(${names(measure.path)}) ${names(aliasOf(name, at))}`,
          )
        : [],
    ),
  ];
  const statement = soql`SELECT ${list(columns, ', ')} FROM ${names(objectType)}${where(conditions)}`;
  if (grouped.length === 0) return statement;
  const series = groupings.find(each => each.series);
  // What is left out where there are too many groups is the earliest, or the smallest.
  const order = series
    ? list(
        series.columns.map(column => soql`${column} DESC NULLS LAST`),
        ', ',
      )
    : soql`COUNT(Id) DESC`;
  return soql`${statement} GROUP BY ${list(grouped, ', ')} ORDER BY ${order} LIMIT ${MAX_GROUPS}`;
}

const aliasOf = (name: string, at: number) => `${name.toLowerCase()}${at}`;

/** The statement that reads what SOQL cannot add up. */
export function rowStatement(
  { objectType, conditions, groupings, measures, isMulti }: Counting,
  isOfWon: boolean,
): Soql {
  const paths = new Set([
    'Id',
    ...groupings.flatMap(({ paths }) => paths),
    ...measures.flatMap(measure => (measure.kind === 'field' ? [measure.path] : measure.paths)),
    ...(isMulti && hasAmounts(measures) ? [currencyField] : []),
  ]);
  const all = isOfWon ? [...conditions, soql`IsWon = TRUE`] : conditions;
  return soql`SELECT ${names(...paths)} FROM ${names(objectType)}${where(all)} ORDER BY Id DESC`;
}

const where = (conditions: readonly Soql[]): Soql =>
  conditions.length === 0 ? soql`` : soql` WHERE ${allOf(conditions)}`;

/** Undefined where no rate is measured, or the record does not count in it. An object has one kind of rate. */
function isWonBy(measures: readonly Measure[], value: (path: string) => unknown): boolean | undefined {
  return measures.find(measure => measure.kind === 'rate')?.isWon(value);
}

function cellOfGroup(row: SalesforceRecord, counting: Counting): Cell {
  const { groupings, measures, isMulti } = counting;
  const grouped = new Map(groupColumns(counting).map((column, at) => [column.text, row[`g${at}`]]));
  const records = numberAt(row.n) ?? 0;
  const isWon = isWonBy(measures, path => grouped.get(path));
  const code = grouped.get(currencyField);
  return {
    groups: groupings.map(({ columns, ofColumns }) => ofColumns(columns.map(({ text }) => grouped.get(text)))),
    records,
    won: isWon === true ? records : 0,
    lost: isWon === false ? records : 0,
    stats: measures.map((measure, at) => {
      if (measure.kind !== 'field') return undefined;
      const count = numberAt(row[aliasOf('COUNT', at)]) ?? 0;
      if (count === 0) return undefined;
      return {
        count,
        sum: numberAt(row[aliasOf('SUM', at)]) ?? 0,
        least: numberAt(row[aliasOf('MIN', at)]),
        most: numberAt(row[aliasOf('MAX', at)]),
      };
    }),
    currencies: new Set(isMulti && typeof code === 'string' ? [code] : []),
    byCurrency: new Map(),
  };
}

function cellOfRecord(record: SalesforceRecord, counting: Counting): Cell {
  const { groupings, measures, isMulti } = counting;
  const stats = measures.map(measure => {
    if (measure.kind === 'rate') return undefined;
    const value = measure.kind === 'span' ? measure.of(record, counting) : numberAt(valueAt(record, measure.path));
    return value === undefined ? undefined : { count: 1, sum: value, least: value, most: value };
  });
  const isAmount = (at: number) => {
    const measure = measures[at];
    return isMulti && measure?.kind === 'field' && measure.isAmount;
  };
  const code = record[currencyField];
  const isWon = isWonBy(measures, path => record[path]);
  return {
    groups: groupings.map(({ paths, ofRecord }) => ofRecord(paths.map(path => valueAt(record, path)))),
    records: 1,
    won: isWon === true ? 1 : 0,
    lost: isWon === false ? 1 : 0,
    stats: stats.map((stat, at) => (isAmount(at) ? undefined : stat)),
    currencies: new Set(),
    byCurrency: new Map(
      isMulti && typeof code === 'string' && stats.some((stat, at) => stat && isAmount(at))
        ? [[code, stats.map((stat, at) => (isAmount(at) ? stat : undefined))]]
        : [],
    ),
  };
}

/** What the records alone tell, so that it can be added to what SOQL has added up. */
function onlyRead(cell: Cell, { counting, withCurrencies }: { counting: Counting; withCurrencies: boolean }): Cell {
  return {
    ...cell,
    records: 0,
    won: 0,
    lost: 0,
    stats: cell.stats.map((stat, at) => (counting.measures[at]?.kind === 'span' ? stat : undefined)),
    byCurrency: withCurrencies ? cell.byCurrency : new Map(),
  };
}

const numberAt = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
