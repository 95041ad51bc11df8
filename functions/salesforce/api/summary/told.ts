import * as z from 'zod';
import { heading } from '../../../../shared/schema/meaning.ts';
import { money } from '../amounts.ts';
import { counted } from '../counted.ts';
import type { ObjectDescription } from '../wire.ts';
import { type Calendar, spansBetween } from './calendar.ts';
import { type Cell, folded, type Stat } from './countedBy.ts';
import { type Grouping, none } from './grouping.ts';
import type { Figure, Measure } from './measure.ts';
import type { Period } from './period.ts';

/** How numbers are told, in answers and sentences. */

const figuresShape = {
  sum: z.number().optional().describe('The sum.'),
  average: z.number().optional().describe('The average.'),
  least: z.number().optional().describe('The least.'),
  most: z.number().optional().describe('The most.'),
  count: z.int().optional().describe('How many records have a value, where not all have.'),
};

const measured = z.object({
  measure: heading('What is measured.'),
  ...figuresShape,
  currency: z.string().optional().describe('The currency of these amounts.'),
  converted: z
    .boolean()
    .optional()
    .describe("True where amounts in other currencies were converted at the org's rates."),
  perCurrency: z
    .array(z.object({ currency: z.string().describe('The ISO code.'), ...figuresShape }))
    .optional()
    .describe('The same for the amounts of each currency, not converted.'),
  percent: z
    .number()
    .optional()
    .describe('Of a win rate: won of won and lost, by number; of a conversion rate: converted of all.'),
  won: z.int().optional().describe('How many were won, or converted.'),
  lost: z.int().optional().describe('How many were lost, or not converted.'),
});

const numbers = {
  records: z.int().describe('How many records.'),
  measures: z.array(measured).optional().describe('What was measured of them.'),
};

/** The output that has numbers of records, and those of the period before. */
export const numbersOutput = {
  ...numbers,
  before: z.object(numbers).optional().describe('The same in the period before.'),
};

const group = z.object({
  name: heading('The value, or none where it is empty. A week is told by its Monday.'),
  ...numbersOutput,
});
export const groupsOutput = z.array(
  group.extend({ groups: z.array(group).optional().describe('The groups within it.') }),
);
export const secondGroupsOutput = z.array(
  z.object({
    name: heading('The value.'),
    records: numbers.records,
    numbers: z.string().optional().describe('Such as Amount 5,000 USD in all.'),
  }),
);

type Measured = z.output<typeof measured>;
export type Numbers = z.output<z.ZodObject<typeof numbers>>;
export type Group = z.output<typeof groupsOutput>[number];

/** How amounts are told. */
export interface Money {
  /** Whether each record has a currency of its own. */
  isMulti: boolean;
  /** The currency of all amounts, or the one that totals are converted into. */
  currency: string | undefined;
}

export function numbersOf(cell: Cell, measures: readonly Measure[], money: Money): Numbers {
  const told = measures.flatMap((measure, at) => measuredOf(measure, at, cell, money) ?? []);
  return { records: cell.records, ...(told.length > 0 && { measures: told }) };
}

function measuredOf(measure: Measure, at: number, cell: Cell, { isMulti, currency }: Money): Measured | undefined {
  const { label } = measure;
  if (measure.kind === 'rate') {
    const { won, lost } = cell;
    if (won + lost === 0) return undefined;
    return { measure: label, percent: rounded((won / (won + lost)) * 100, 1), won, lost };
  }
  const own = (stat: Stat) => figuresOf(stat, measure, cell.records);
  const stat = cell.stats[at];
  if (measure.kind === 'span' || !measure.isAmount) return stat && { measure: label, ...own(stat) };
  if (!isMulti) return stat && { measure: label, ...own(stat), ...(currency && { currency }) };
  const each = [...cell.byCurrency].flatMap(([code, stats]) => {
    const amounts = stats[at];
    return amounts ? [{ code, amounts }] : [];
  });
  const [only, ...others] = each;
  if (only && others.length === 0) return { measure: label, ...own(only.amounts), currency: only.code };
  const perCurrency = each
    .sort((one, other) => other.amounts.count - one.amounts.count || (one.code < other.code ? -1 : 1))
    .map(({ code, amounts }) => ({ currency: code, ...figuresOf(amounts, measure, amounts.count) }));
  if (!stat && perCurrency.length === 0) return undefined;
  const isConverted = [...cell.currencies].some(code => code !== currency);
  return {
    measure: label,
    ...(stat && { ...own(stat), ...(currency && { currency }), ...(isConverted && { converted: true }) }),
    ...(perCurrency.length > 0 && { perCurrency }),
  };
}

function figuresOf(stat: Stat, measure: Measure, records: number): Pick<Measured, Figure | 'count'> {
  const wanted: ReadonlySet<Figure> =
    measure.kind === 'field' ? measure.figures : new Set(['average', 'least', 'most']);
  const digits = measure.kind === 'span' ? 1 : 6;
  return {
    ...(wanted.has('sum') && { sum: rounded(stat.sum, 6) }),
    ...(wanted.has('average') && { average: rounded(stat.sum / stat.count, measure.kind === 'span' ? 1 : 2) }),
    ...(wanted.has('least') && stat.least !== undefined && { least: rounded(stat.least, digits) }),
    ...(wanted.has('most') && stat.most !== undefined && { most: rounded(stat.most, digits) }),
    ...(stat.count !== records && { count: stat.count }),
  };
}

/** Also without what adding binary fractions leaves. */
const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

interface Level {
  groupings: readonly Grouping[];
  measures: readonly Measure[];
  money: Money;
  /** The days whose spans are told, also where there are no records. */
  days: { calendar: Calendar; from: string | undefined; to: string | undefined };
}

/** How many groups are told at most; an answer has room for so many with one measure. */
const MAX_TOLD = 60;
const MAX_WITHIN = 25;
const ROOM = 200;

/** How many groups are told at most in all: the more is told of each, the fewer. */
function roomFor({ measures, money }: Level, isCompared: boolean): number {
  const parts = measures.length * (isCompared ? 2 : 1) * (money.isMulti ? 2 : 1);
  return Math.max(10, Math.floor(ROOM / Math.max(1, parts)));
}

interface Sized {
  key: string;
  name: string;
  own: Cell;
  old: Cell | undefined;
  size: number;
}

/** The groups of cells with those within each: spans of time in their order, others the largest first, and what has no value last. */
export function groupsOf(
  cells: readonly Cell[],
  before: readonly Cell[] | undefined,
  level: Level,
): { groups: Group[]; secondGroups: z.output<typeof secondGroupsOutput> | undefined; notes: string[] } {
  const [outer, inner] = level.groupings;
  if (!outer) return { groups: [], secondGroups: undefined, notes: [] };
  const room = roomFor(level, before !== undefined);
  const most = Math.min(MAX_TOLD, inner ? Math.ceil(room / 4) : room);
  const { told, left } = levelOf(cells, before, { ...level, at: 0, most });
  const notes = [...left];
  const within = Math.min(MAX_WITHIN, Math.max(3, Math.floor(room / Math.max(1, told.length))));
  const brief = level.measures.map(inBrief);
  const inBriefOf = ({ name, own, old }: Sized): Group => ({
    name,
    ...numbersOf(own, brief, level.money),
    ...(old && { before: numbersOf(old, brief, level.money) }),
  });
  const groups = told.map(({ key, name, own, old }): Group => {
    const ofGroup = (all: readonly Cell[]) => all.filter(cell => (cell.groups[0] ?? none).key === key);
    const parts = inner && levelOf(ofGroup(cells), before && ofGroup(before), { ...level, at: 1, most: within });
    notes.push(...(parts?.left ?? []).map(note => `Within ${name}: ${note}`));
    return {
      name,
      ...numbersOf(own, level.measures, level.money),
      ...(old && { before: numbersOf(old, level.measures, level.money) }),
      ...(parts &&
        parts.told.length > 0 && {
          groups: parts.told.map(inBriefOf),
        }),
    };
  });
  // A reader would have to add them up.
  const second = inner && levelOf(cells, before, { ...level, at: 1, most: MAX_WITHIN });
  notes.push(...(second?.left ?? []));
  const secondGroups = second?.told.map(part => {
    const { name, ...told } = inBriefOf(part);
    const sentence = sentenceOf(told);
    return { name, records: told.records, ...(sentence && { numbers: sentence }) };
  });
  return { groups, secondGroups, notes };
}

/** The groups of one level that are told, and a sentence about those that are not. */
function levelOf(
  cells: readonly Cell[],
  before: readonly Cell[] | undefined,
  level: Level & { at: number; most: number },
): { told: Sized[]; left: string[] } {
  const { at, most, groupings } = level;
  const grouping = groupings[at];
  if (!grouping) return { told: [], left: [] };
  const now = byGroup(cells, at);
  const then = before && byGroup(before, at);
  const all = new Map([...(then ?? []), ...now].map(([key, { name }]) => [key, name]));
  if (at === 0) fill(all, grouping, level);
  const sized = [...all].map(([key, name]): Sized => {
    const own = folded(now.get(key)?.cells ?? [], []);
    const old = then && folded(then.get(key)?.cells ?? [], []);
    return { key, name, own, old, size: sizeOf(own, level) || (old ? sizeOf(old, level) : 0) };
  });
  sized.sort((one, other) => {
    if ((one.key === none.key) !== (other.key === none.key)) return one.key === none.key ? 1 : -1;
    if (grouping.series) return one.key < other.key ? -1 : 1;
    return other.size - one.size || (one.name < other.name ? -1 : 1);
  });
  const told = sized.length <= most ? sized : grouping.series ? sized.slice(-most) : sized.slice(0, most);
  const { rank } = grouping;
  if (rank) {
    const rankOf = ({ key }: Sized) => (key === none.key ? Number.POSITIVE_INFINITY : (rank.get(key) ?? rank.size));
    told.sort((one, other) => (rankOf(one) === rankOf(other) ? 0 : rankOf(one) - rankOf(other)));
  }
  if (told.length === sized.length) return { told, left: [] };
  const which = grouping.series ? 'earliest' : 'smallest';
  return {
    told,
    left: [`There are ${sized.length} groups by ${grouping.label}; the ${which} are left out here.`],
  };
}

/** Of groups within groups, which are many, the sum and the average where those are wanted. */
function inBrief(measure: Measure): Measure {
  if (measure.kind !== 'field') return measure;
  const brief = (['sum', 'average'] as const).filter(figure => measure.figures.has(figure));
  return brief.length === 0 ? measure : { ...measure, figures: new Set(brief) };
}

/** Adds the spans of time in between that have no records, which a reader would miss, unless they are too many to tell. */
function fill(
  groups: Map<string, string>,
  { series }: Grouping,
  { days: { calendar, from, to }, most }: Level & { most: number },
): void {
  const known = [...groups.keys()].filter(key => key !== none.key).sort();
  const [first, last] = [known[0] ?? from, known.at(-1) ?? to];
  if (!series || first === undefined || last === undefined) return;
  const bounds = { from: [from ?? first, first].sort()[0] ?? first, to: [to ?? last, last].sort()[1] ?? last };
  const spans = spansBetween(calendar, series.unit, { ...bounds, most: most + 1 });
  if (spans.length <= most) for (const span of spans) groups.set(span.from, span.name);
}

/** By what groups are put in order: the first sum, else the number of records. */
function sizeOf(cell: Cell, { measures }: Level): number {
  const first = measures.findIndex(measure => measure.kind === 'field' && measure.figures.has('sum'));
  return cell.stats[first]?.sum ?? cell.records;
}

function byGroup(cells: readonly Cell[], at: number): Map<string, { name: string; cells: Cell[] }> {
  const found = new Map<string, { name: string; cells: Cell[] }>();
  for (const cell of cells) {
    const { key, name } = cell.groups[at] ?? none;
    const group = found.get(key) ?? { name, cells: [] };
    group.cells.push(cell);
    found.set(key, group);
  }
  return found;
}

/** `Amount 240,000 USD`, `win rate 62.5 % (5 of 8)`, `days to close 41.2 on average`; empty where there is nothing to tell. */
function sentenceOf({ measures = [] }: Numbers): string {
  return measures
    .map(each => {
      if (each.percent !== undefined)
        return `${each.measure.toLowerCase()} ${each.percent} % (${each.won} of ${(each.won ?? 0) + (each.lost ?? 0)})`;
      const value = each.sum ?? each.average ?? each.most ?? each.least;
      const how =
        each.sum !== undefined
          ? 'in all'
          : each.average !== undefined
            ? 'on average'
            : each.most !== undefined
              ? 'at most'
              : 'at least';
      if (value === undefined) {
        const parts = (each.perCurrency ?? []).map(({ currency, sum, average }) =>
          money(sum ?? average ?? 0, currency),
        );
        return `${each.measure} ${parts.join(', ')}`;
      }
      return `${each.measure} ${money(value, each.currency)} ${how}${each.converted ? ', converted' : ''}`;
    })
    .join('; ');
}

/** `35 Opportunities: Amount 240,000 USD in all. In the period before 30: Amount 200,000 USD in all. That is 20 % more.` */
export function summaryOf(
  all: Numbers,
  before: Numbers | undefined,
  { label, labelPlural }: ObjectDescription,
): string {
  const of = (numbers: Numbers, count: string) => [count, sentenceOf(numbers)].filter(Boolean).join(': ');
  const now = `${of(all, counted(all.records, [label, labelPlural ?? label]))}.`;
  if (!before) return now;
  return [now, `In the period before ${of(before, String(before.records))}.`, changeOf(all, before)]
    .filter(Boolean)
    .join(' ');
}

/** `That is 20 % more.`, by the first measure; empty where nothing can be said. */
function changeOf(all: Numbers, before: Numbers): string {
  const [one] = all.measures ?? [];
  const other = before.measures?.find(({ measure }) => measure === one?.measure);
  if (all.measures === undefined && before.measures === undefined) return changed(all.records, before.records);
  if (!one || !other || one.currency !== other.currency) return '';
  if (one.percent !== undefined && other.percent !== undefined) {
    const points = rounded(one.percent - other.percent, 1);
    return points === 0
      ? 'That is no change.'
      : `That is ${Math.abs(points)} percentage points ${points > 0 ? 'more' : 'less'}.`;
  }
  const value = ({ sum, average, most, least }: Measured) => sum ?? average ?? most ?? least;
  return changed(value(one), value(other));
}

function changed(now: number | undefined, before: number | undefined): string {
  if (now === undefined || before === undefined || before <= 0) return '';
  const percent = rounded((now / before - 1) * 100, 1);
  return percent === 0 ? 'That is no change.' : `That is ${Math.abs(percent)} % ${percent > 0 ? 'more' : 'less'}.`;
}

/** Groups of the period before, of which spans of time are put where their counterparts are: its first month where the first is. */
export function alignedTo(
  cells: readonly Cell[],
  groupings: readonly Grouping[],
  { calendar, period, previous }: { calendar: Calendar; period: Period | undefined; previous: Period | undefined },
): readonly Cell[] {
  const counterparts = groupings.map(({ series }) => {
    if (!series || period?.from === undefined || period.to === undefined) return undefined;
    if (previous?.from === undefined || previous.to === undefined) return undefined;
    const [now, then] = [period, previous].map(({ from = '', to = '' }) =>
      spansBetween(calendar, series.unit, { from, to, most: MAX_SPANS }),
    );
    return new Map(
      then?.flatMap((span, at) => (now?.[at] ? [[span.from, { key: now[at].from, name: now[at].name }]] : [])),
    );
  });
  return cells.map(cell => ({
    ...cell,
    groups: cell.groups.map((group, at) => counterparts[at]?.get(group.key) ?? group),
  }));
}

const MAX_SPANS = 4_000;
