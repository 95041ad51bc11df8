import { invalidInput } from '../../../../shared/failure.ts';
import { fieldCalled, folded } from '../../../../shared/filter/label.ts';
import { quoted } from '../../../../shared/text.ts';
import { dayAt } from '../../../../shared/time/timeZone.ts';
import { recordFields } from '../filter/recordField.ts';
import type { FieldDescription, ObjectDescription, SalesforceRecord } from '../wire.ts';

const figures = ['sum', 'average', 'least', 'most'] as const;
export type Figure = (typeof figures)[number];

/** A field of numbers, of which SOQL tells the figures. */
interface FieldMeasure {
  kind: 'field';
  label: string;
  path: string;
  /** Those that are told. */
  figures: ReadonlySet<Figure>;
  isAmount: boolean;
}

/** The share of what was won among what was won or lost, or of what was converted among all. */
interface Rate {
  kind: 'rate';
  label: string;
  /** What tells it, as columns and fields. */
  paths: readonly string[];
  /** Undefined for a record that does not count. */
  isWon(value: (path: string) => unknown): boolean | undefined;
  note?: string;
}

/** Days between two times of a record, which SOQL cannot tell. */
interface SpanMeasure {
  kind: 'span';
  label: string;
  /** What is read of each record. */
  paths: readonly string[];
  /** Whether only what was won is looked at. */
  ofWon: boolean;
  /** The days; undefined for a record that has none. */
  of(record: SalesforceRecord, at: { now: Date; timeZone: string }): number | undefined;
  /** How they are counted. */
  note: string;
}

export type Measure = FieldMeasure | Rate | SpanMeasure;

const figureNames: Readonly<Record<Figure, readonly string[]>> = {
  sum: ['sum', 'total'],
  average: ['average', 'avg', 'mean'],
  least: ['least', 'lowest', 'smallest', 'minimum', 'min'],
  most: ['most', 'highest', 'largest', 'biggest', 'maximum', 'max'],
};

const numbers = new Set(['int', 'long', 'double', 'currency', 'percent']);
const justNumber = new Set(['number', 'count', 'records', 'numberofrecords', 'recordcount']);
const winRates = new Set(['winrate', 'wonrate', 'winpercentage', 'winratio']);
const conversions = new Set([
  'conversion',
  'conversionrate',
  'conversionratio',
  'conversionpercentage',
  'convertedrate',
  'leadconversion',
  'leadconversionrate',
]);
const closings = new Set([
  'daystoclose',
  'timetoclose',
  'salescycle',
  'salescyclelength',
  'timetoresolution',
  'daystoresolution',
]);
const ages = new Set(['age', 'ageindays', 'daysopen']);

/** What texts mean, each once: `sum of Amount, largest Amount` are two figures of one field. @throws Failure `invalid_input` or `ambiguous` */
export function measuresOf(texts: readonly string[], object: ObjectDescription): Measure[] {
  const found = new Map<string, Measure>();
  for (const measure of texts.flatMap(text => measureOf(text, object) ?? [])) {
    const key = measure.kind === 'field' ? measure.path : measure.label;
    const other = found.get(key);
    const isMore = measure.kind === 'field' && other?.kind === 'field';
    found.set(key, isMore ? { ...measure, figures: new Set([...other.figures, ...measure.figures]) } : measure);
  }
  return [...found.values()];
}

/**
 * What a text means: a field of numbers by its label, also with the figure that is wanted (`average Amount`), `win rate`, `days to
 * close` or `age`. Undefined where it is the number of records, which is always told.
 * @throws Failure `invalid_input` or `ambiguous`
 */
function measureOf(text: string, object: ObjectDescription): Measure | undefined {
  const fields = recordFields(object);
  const isLabel = (name: string) =>
    fields.some(({ label, id }) => [label, id].some(each => folded(each) === folded(name)));
  const { figure, rest } = isLabel(text) ? { figure: undefined, rest: text } : withoutFigure(text);
  if (!isLabel(rest)) {
    const name = folded(rest);
    if (justNumber.has(name)) return undefined;
    if (winRates.has(name)) return winRate(object);
    if (conversions.has(name)) return conversionRate(object);
    if (closings.has(name)) return daysToClose(object);
    if (ages.has(name)) return age(object);
  }
  const hint = `describeObject lists those of ${object.name}.`;
  const isNumber = ({ type, aggregatable }: FieldDescription) => numbers.has(type) && aggregatable;
  const { label, description } = fieldCalled(rest, fields, {
    input: 'measure',
    hint,
    mayBegin: field => isNumber(field.description),
  });
  const { type, name } = description;
  if (!isNumber(description)) {
    throw wrong(`${quoted(label)} is not a number that Salesforce can add up. Give a field of numbers or amounts.`);
  }
  // Percentages added up mean nothing.
  const usual = figures.filter(each => each !== 'sum' || type !== 'percent');
  return {
    kind: 'field',
    label,
    path: name,
    figures: new Set(figure ? [figure] : usual),
    isAmount: type === 'currency',
  };
}

function withoutFigure(text: string): { figure: Figure | undefined; rest: string } {
  const [first = '', ...others] = text.trim().split(/\s+/);
  const figure = figures.find(each => figureNames[each].includes(first.toLowerCase()));
  if (!figure || others.length === 0) return { figure: undefined, rest: text };
  while (others.length > 1 && ['of', 'the'].includes(others[0]?.toLowerCase() ?? '')) others.shift();
  return { figure, rest: others.join(' ') };
}

function winRate(object: ObjectDescription): Measure {
  requireFields(object, ['IsClosed', 'IsWon'], 'A win rate is of opportunities');
  return {
    kind: 'rate',
    label: 'Win rate',
    paths: ['IsClosed', 'IsWon'],
    isWon: value => (value('IsWon') === true ? true : value('IsClosed') === true ? false : undefined),
  };
}

function conversionRate(object: ObjectDescription): Measure {
  requireFields(object, ['IsConverted'], 'A conversion rate is of leads');
  return {
    kind: 'rate',
    label: 'Conversion rate',
    paths: ['IsConverted'],
    isWon: value => value('IsConverted') === true,
    note: 'The conversion rate is the share of converted leads among all that match: won are those that were converted, lost those that are not.',
  };
}

function daysToClose(object: ObjectDescription): SpanMeasure {
  const label = 'Days to close';
  if (has(object, 'IsWon')) {
    requireFields(
      object,
      ['CreatedDate', 'CloseDate', 'IsWon'],
      'Days to close are those from creation to the close date',
    );
    return {
      kind: 'span',
      label,
      paths: ['CreatedDate', 'CloseDate', 'IsWon'],
      ofWon: true,
      note: 'Days to close run from the day of creation to the close date of what was won.',
      of: ({ IsWon, CreatedDate, CloseDate }, { timeZone }) =>
        IsWon === true && typeof CreatedDate === 'string' && typeof CloseDate === 'string'
          ? Math.round((Date.parse(CloseDate) - Date.parse(dayAt(new Date(CreatedDate), timeZone))) / DAY_MS)
          : undefined,
    };
  }
  requireFields(object, ['CreatedDate', 'ClosedDate'], 'Days to close are those from creation to the time of closing');
  return {
    kind: 'span',
    label,
    paths: ['CreatedDate', 'ClosedDate'],
    ofWon: false,
    note: 'Days to close run from creation to closing, by the clock.',
    of: ({ CreatedDate, ClosedDate }) => daysOf(CreatedDate, ClosedDate),
  };
}

function age(object: ObjectDescription): SpanMeasure {
  requireFields(object, ['CreatedDate'], 'An age is that since creation');
  const end = ['ClosedDate', 'CloseDate'].find(name => has(object, name));
  const isClosing = end !== undefined && has(object, 'IsClosed');
  return {
    kind: 'span',
    label: 'Age in days',
    paths: ['CreatedDate', ...(isClosing ? ['IsClosed', end] : [])],
    ofWon: false,
    note: `Age runs from creation until now${isClosing ? ', or until it was closed' : ''}.`,
    of: (record, { now }) =>
      daysOf(record.CreatedDate, isClosing && record.IsClosed === true ? record[end] : now.toISOString()),
  };
}

const DAY_MS = 86_400_000;

function daysOf(from: unknown, to: unknown): number | undefined {
  if (typeof from !== 'string' || typeof to !== 'string') return undefined;
  return Math.max(0, Date.parse(to) - Date.parse(from)) / DAY_MS;
}

const has = ({ fields }: ObjectDescription, name: string) => fields.some(field => field.name === name);

function requireFields(object: ObjectDescription, paths: readonly string[], what: string): void {
  if (paths.every(path => has(object, path))) return;
  throw wrong(`${what}; ${quoted(object.label)} has not all of the fields ${paths.join(', ')} that can be used here.`);
}

function wrong(message: string) {
  return invalidInput([{ field: 'measure', message }]);
}
