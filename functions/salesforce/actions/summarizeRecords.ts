import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { nameList } from '../../../shared/filter/nameList.ts';
import { heading, summary } from '../../../shared/schema/meaning.ts';
import { LIST_TEXT } from '../../../shared/schema/textLimit.ts';
import { sinceText, whenText } from '../../../shared/time/inputs.ts';
import { dayAt } from '../../../shared/time/timeZone.ts';
import { isWhen } from '../../../shared/time/when.ts';
import { filterInputs, owner, ownerOrQueueText } from '../api/filter/recordFilter.ts';
import { objectType } from '../api/inputs.ts';
import { calendarOf, calendarYears } from '../api/summary/calendar.ts';
import { type Counted, type Counting, countedBy } from '../api/summary/countedBy.ts';
import { groupingsOf } from '../api/summary/grouping.ts';
import { measuresOf } from '../api/summary/measure.ts';
import { type Period, type PeriodClock, shownDays } from '../api/summary/period.ts';
import {
  activityScope,
  dateFieldOf,
  filtersOf,
  inPeriod,
  moneyOf,
  noMoney,
  periodsOf,
  type SummaryMoney,
} from '../api/summary/scope.ts';
import {
  alignedTo,
  groupsOf,
  groupsOutput,
  type Numbers,
  numbersOf,
  numbersOutput,
  secondGroupsOutput,
  summaryOf,
} from '../api/summary/told.ts';
import type { FieldDescription } from '../api/wire.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

const list = (most: number) =>
  z
    .string()
    .max(LIST_TEXT)
    .transform(nameList)
    .refine(all => all.length > 0 && all.length <= most, `It must be one name, or up to ${most} separated by commas.`);

export default salesforce.action({
  name: 'summarizeRecords',
  toolset: 'salesforce',
  access: 'read',
  needs: uses(),
  title: 'Summarize records',
  description:
    'Counts and adds up Salesforce records of one object: number, sum, average, least and most, by one or two fields or by time, against the period before; for opportunities win rate and days to close. ' +
    'Use it for totals, shares and trends. For the records themselves use the find actions or queryRecords.',
  input: z.object({
    objectType,
    measure: list(4)
      .optional()
      .describe(
        'Fields of numbers by label, such as Amount or average Amount; also win rate, conversion rate (of leads), days to close, age.',
      ),
    groupBy: list(2)
      .optional()
      .describe(
        'One or two of: a field by label; one of what a lookup leads to, such as Account Region; or week, month, quarter, year of a date, such as month of Close Date.',
      ),
    period: z
      .string()
      .trim()
      .min(1)
      .optional()
      .describe(
        'Such as this quarter, last month, this year, last 30 days, Q4 2026, year to date. By the close date of opportunities, due date of tasks, start of events; else by creation.',
      ),
    dateField: z
      .string()
      .trim()
      .min(1)
      .optional()
      .describe('The label of the date that the period is about, where it is another.'),
    since: sinceText.optional().describe('In place of period: its first day.'),
    until: whenText.refine(isWhen, 'It must be a day such as 2026-11-30.').optional().describe('Its last day.'),
    compareWith: z.enum(['previous']).optional().describe('Give previous for the numbers of the period before, too.'),
    openOnly: z.boolean().optional().describe('True to leave out what is closed, won, lost or converted.'),
    overdue: z.boolean().optional().describe('True for what is open and past its close or due date.'),
    owner: owner.optional().describe(ownerOrQueueText),
    where: filterInputs.where,
    missing: filterInputs.missing,
    unchangedFor: filterInputs.unchangedFor,
  }),
  output: z.object({
    summary: summary('A sentence with the numbers of all records that match.'),
    period: z.string().optional().describe('The days that were looked at, and of which date.'),
    previousPeriod: z.string().optional().describe('The days of the period before.'),
    ...numbersOutput,
    groupedBy: z.array(heading('What the groups are.')).optional().describe('By what it was grouped.'),
    groups: groupsOutput.optional().describe('The groups: the largest first; spans of time and stages in their order.'),
    secondGroups: secondGroupsOutput.optional().describe('The totals by the second of groupedBy.'),
    note: z.string().optional().describe('How it was counted.'),
    partial: z.string().optional().describe('What is missing in the numbers.'),
  }),
  // Under a policy each object that is reached is described once; 10,000 records are read of each of two periods.
  requests: 100,
  example: { objectType: 'Opportunity', measure: 'Amount', groupBy: 'Stage', openOnly: true },
  async run(input, { salesforce, now }) {
    const object = await salesforce.describe(input.objectType);
    const measures = measuresOf(input.measure ?? [], object);
    const [timeZone, calendar, money] = await Promise.all([
      salesforce.timeZone(),
      isByYears(input) ? salesforce.fiscalYears().then(calendarOf) : calendarOf(calendarYears),
      measures.some(measure => measure.kind === 'field' && measure.isAmount) ? moneyOf(salesforce, object) : noMoney,
    ]);
    const clock: PeriodClock = { now, timeZone, calendar };
    const dateField = dateFieldOf(input.dateField, object);
    const parts = { salesforce, object, calendar, timeZone, dateField: dateField?.name };
    const [groupings, { period, previous }, filters] = await Promise.all([
      groupingsOf(input.groupBy ?? [], parts),
      periodsOf(input, clock),
      filtersOf(input, object, { salesforce, clock }),
    ]);
    const today = dayAt(now, timeZone);
    const activities = activityScope(object, {
      filters: input,
      groupPaths: groupings.flatMap(({ paths }) => paths),
      from: (previous ?? period)?.from,
      today,
    });
    const isOfMoments = groupings.some(({ series }) => series?.isOfMoments);
    const counting = {
      salesforce,
      objectType: object.name,
      groupings,
      measures,
      now,
      timeZone,
      sessionTimeZone: isOfMoments ? await salesforce.sessionTimeZone() : undefined,
      isMulti: money.isMulti,
      corporate: money.corporate,
      withArchived: activities.withArchived,
    };
    const countIn = (within: Period | undefined) =>
      countedBy({
        ...counting,
        conditions: [...filters.conditions, ...activities.conditions, ...conditionOf(within, dateField)],
      });
    const [current, before] = await Promise.all([countIn(period), previous && countIn(previous)]);

    const shown = { isMulti: money.isMulti, currency: money.isMulti ? money.corporate : money.sole };
    const all = numbersOf(current.total, measures, shown);
    const allBefore = before && numbersOf(before.total, measures, shown);
    const cellsBefore = before && alignedTo(before.cells, groupings, { calendar, period, previous });
    const { groups, secondGroups, notes } = groupsOf(current.cells, cellsBefore, {
      groupings,
      measures,
      money: shown,
      days: { calendar, from: period?.from, to: period?.to && [period.to, today].toSorted()[0] },
    });
    const counted = [current, ...(before ? [before] : [])];
    return {
      summary: summaryOf(all, allBefore, object),
      period: period && dateField && `${shownDays(period)}, by ${dateField.label}`,
      previousPeriod: previous && shownDays(previous),
      ...all,
      before: allBefore,
      ...(groupings.length > 0 && { groupedBy: groupings.map(({ label }) => label), groups, secondGroups }),
      note: joined([
        ...filters.remarks,
        ...activities.notes,
        ...howCounted({ counting, counted, money, numbers: [all, allBefore] }),
        calendar.isFiscal &&
          'Quarters and years are those of the fiscal year of the org; calendar quarter and calendar year are others.',
        previous && period?.to !== undefined && period.to > today && 'The period is not over yet.',
        ...notes,
      ]),
      partial: joined(counted.flatMap(({ partial }) => partial)),
    };
  },
});

/** Whether it takes the org's own quarters and years to read the inputs. */
function isByYears({
  period = '',
  groupBy = [],
}: {
  period?: string | undefined;
  groupBy?: readonly string[] | undefined;
}): boolean {
  return [period, ...groupBy].some(text => /quarter|year|annual|\bq\d|\bfy|[qy]td|^\d{4}$/i.test(text));
}

/** @throws Failure `invalid_input` where the object has no date */
function conditionOf(within: Period | undefined, dateField: FieldDescription | undefined) {
  if (!within) return [];
  if (dateField) return [inPeriod(within, dateField)];
  throw invalidInput([{ field: 'dateField', message: 'Give the label of the date that the period is about.' }]);
}

interface Told {
  counting: Omit<Counting, 'conditions'>;
  counted: readonly Counted[];
  money: SummaryMoney;
  numbers: readonly (Numbers | undefined)[];
}

/** What must be known of how numbers were counted, in sentences. */
function howCounted({ counting: { measures, groupings, timeZone }, counted, money, numbers }: Told): string[] {
  const isConverted = numbers.some(each => each?.measures?.some(({ converted }) => converted));
  const notes = counted.flatMap(each => each.notes);
  const isInZone = groupings.some(({ series }) => series?.isOfMoments) && notes.length === 0;
  return [
    ...notes,
    ...measures.flatMap(measure => (measure.kind !== 'field' && measure.note ? [measure.note] : [])),
    ...(isConverted
      ? [
          `Amounts in other currencies are converted into ${money.corporate ?? 'the corporate currency'} at the rates of the org, where no perCurrency is told.`,
        ]
      : []),
    ...(isInZone ? [`Days are those of ${timeZone}.`] : []),
  ];
}

/** Sentences, each once; undefined where there are none. */
function joined(sentences: readonly (string | false | undefined)[]): string | undefined {
  return [...new Set(sentences)].filter(Boolean).join(' ') || undefined;
}
