import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { folded } from '../../../shared/filter/label.ts';
import { nameList } from '../../../shared/filter/nameList.ts';
import { heading, summary } from '../../../shared/schema/meaning.ts';
import { LIST_TEXT } from '../../../shared/schema/textLimit.ts';
import { quoted } from '../../../shared/text.ts';
import { resolveSince, resolveUntil, sinceText } from '../../../shared/time/inputs.ts';
import { shownDay } from '../../../shared/time/shown.ts';
import { addDays, dayAt, startOfDay } from '../../../shared/time/timeZone.ts';
import { type Clock, lastMomentOf } from '../../../shared/time/when.ts';
import { type Counted, type Counting, countedAt, countedNow } from '../api/counts/countedIssues.ts';
import {
  type Grouping,
  groupingOf,
  nextPeriod,
  none,
  periodOf,
  type Unit,
  type Within,
} from '../api/counts/grouping.ts';
import { measureOf } from '../api/counts/measure.ts';
import { hasPast } from '../api/counts/pastValues.ts';
import { eventsOf, type Group, type Sample, tally, toldGroups } from '../api/counts/tally.ts';
import { filterInputs } from '../api/filter/filterInputs.ts';
import { fieldsFor } from '../api/filter/issueFilter.ts';
import type { Jira } from '../api/jira.ts';
import { reads, whereNamed } from '../needs.ts';
import { jira } from '../system.ts';

const names = (most: number) =>
  z
    .string()
    .max(LIST_TEXT)
    .transform(nameList)
    .refine(list => list.length > 0 && list.length <= most, `It must be one or ${most} names.`);

const measured = z.array(
  z.object({
    measure: heading('What is measured.'),
    sum: z.string().optional().describe('The sum.'),
    mean: z.string().optional().describe('The mean.'),
    median: z.string().optional().describe('The median.'),
    issues: z.int().describe('How many issues have a value.'),
  }),
);

const counts = {
  issues: z.int().optional().describe('How many issues; absent where created and resolved are told apart.'),
  before: z.int().optional().describe('How many there were at the date of compareWith.'),
  created: z.int().optional().describe('How many were created then.'),
  resolved: z.int().optional().describe('How many were resolved then.'),
  measures: measured.optional().describe('What was measured of them.'),
};

const group = z.object({
  name: heading('The value; none where the field is empty. A week is told by its Monday.'),
  covers: z.string().optional().describe('Of a week or month that is not counted as a whole: the days that are.'),
  ...counts,
});

export default jira.action({
  name: 'countIssues',
  toolset: 'jira',
  access: 'read',
  needs: reads(whereNamed),
  title: 'Count issues',
  description:
    'Counts Jira issues by the filters of searchIssues, in all or by one or two fields, or by day, week or month; adds up points or time, tells times to resolution, or compares with a date in the past. ' +
    'Use it for numbers, shares and trends. For the issues themselves use searchIssues.',
  input: z.object({
    ...filterInputs,
    groupBy: names(2)
      .optional()
      .describe(
        'One or two of: any field (status, assignee, component, type, request type, …), week of creation, month of resolution; or week alone for what was created and resolved in each.',
      ),
    measure: names(3)
      .optional()
      .describe(
        'Beside the number: points, original estimate, time spent, time to resolution, or any field of numbers.',
      ),
    since: sinceText.optional().describe('The start of the period that groups by day, week or month cover.'),
    until: sinceText.optional().describe('The end of that period.'),
    asOf: sinceText.optional().describe('Count as it was at the end of this day, such as 2026-10-31, or 30d ago.'),
    compareWith: sinceText
      .optional()
      .describe('Count as it was at the end of this day, too: a day, or a span back such as 30d for a month.'),
  }),
  output: z.object({
    summary: summary('One sentence with the number.'),
    ...counts,
    groups: z
      .array(group.extend({ groups: z.array(group).optional().describe('The groups within it.') }))
      .optional()
      .describe('The groups, the largest first; days, weeks and months in their order.'),
    note: z.string().optional().describe('How it was counted.'),
    partial: z.string().optional().describe('What was not counted, where there are more issues than could be read.'),
  }),
  // Twenty pages, and the names of fields, people and statuses.
  requests: 80,
  example: { projectId: 'ATLAS', openOnly: true, groupBy: 'status' },
  async run({ groupBy = [], measure = [], since, until, asOf, compareWith, ...filters }, { jira, now }) {
    const clock = { now, timeZone: jira.timeZone };
    const isNamed = groupBy.length + measure.length > 0;
    const fields = isNamed ? await fieldsFor(filters.projectId, { jira }) : [];
    const named = groupBy.map(text => groupingOf(text, fields));
    // One field may be given by two names.
    const groupings = [...new Map(named.map(each => [`${each.label} ${each.field?.id}`, each])).values()];
    const measures = measure.map(text => measureOf(text, fields));
    const within = await period({ since, until }, groupings, clock);
    const counting: Counting = { filters, groupings, measures, within, now };
    const dates = [asOf, compareWith];
    if (dates.some(date => date !== undefined)) refuseBesideDates(counting, { since, until, measure });

    const then = asOf === undefined ? undefined : await momentIn(asOf, 'asOf', clock);
    const before = compareWith === undefined ? undefined : await momentIn(compareWith, 'compareWith', clock);
    const past = [then, before].filter(date => date !== undefined);
    const old = past.length > 0 ? await countedAt(past, counting, jira) : undefined;
    const current = then === undefined ? await countedNow(counting, jira) : undefined;
    const samples = current?.samples ?? old?.samples[0] ?? [];
    const compared = before === undefined ? undefined : old?.samples.at(-1);

    const series = groupings.findIndex(each => each.series?.of === 'both');
    const events = series >= 0 ? { at: series } : undefined;
    const happened = events && eventsOf(samples, events);
    const groups = tally(samples, compared, {
      groupings,
      measures,
      at: 0,
      span: spanOf(groupings[0], within, now),
      events,
    });
    const issues = samples.map(({ issue }) => issue);
    const areAll = (current?.areAll ?? true) && (old?.areAll ?? true);
    const days = {
      asOf: then && shownDay(dayAt(then, within.timeZone)),
      before: before && shownDay(dayAt(before, within.timeZone)),
    };
    const number = happened ? `${happened.created} created, ${happened.resolved} resolved` : counted(samples.length);
    const shown = shownGroup(groupings, within, then ?? now);
    return {
      summary: `${number}${days.asOf ? ` on ${days.asOf}` : ''}${compared ? `, and ${compared.length} on ${days.before}` : ''}${areAll ? '' : ', as far as was read'}.`,
      ...(happened ?? { issues: samples.length }),
      ...(compared && { before: compared.length }),
      ...(measures.length > 0 && { measures: measures.map(each => each.of(issues)) }),
      ...(groups.length > 0 && { groups: toldGroups(groups, groupings[0], 0).map(shown) }),
      note: notes({ counting, samples, groups, current, old, isRestricted: jira.isRestricted }),
      partial: areAll
        ? undefined
        : current?.areAll
          ? `Of the issues of ${days.before} only ${compared?.length ?? 0} were found among those that could be read, so that all numbers of that day are too low. Narrow the filters, such as to a project, and ask again.`
          : await notCounted(current?.query, samples.length, jira),
    };
  },
});

const counted = (count: number) => `${count} ${count === 1 ? 'issue' : 'issues'}`;

/** How many periods a table of what was created and resolved has, this one included, where none is given. */
const usual: Readonly<Record<Unit, number>> = { day: 14, week: 5, month: 6 };

/** The period that a series covers. @throws Failure `invalid_input` */
async function period(
  { since, until }: { since: string | undefined; until: string | undefined },
  groupings: readonly Grouping[],
  clock: Clock,
): Promise<Within> {
  const isGiven = since !== undefined || until !== undefined;
  const series = groupings.find(each => each.series)?.series;
  if (!isGiven && series === undefined) return { timeZone: await clock.timeZone(), from: undefined, to: undefined };
  if (isGiven && (series === undefined || series.of === 'other')) {
    const message =
      'It is the period of a groupBy with day, week or month of creation or resolution. Use createdSince, resolvedSince or where for the issues that are meant.';
    throw invalidInput([{ field: since === undefined ? 'until' : 'since', message }]);
  }
  const timeZone = await clock.timeZone();
  const from =
    since !== undefined
      ? await resolveSince(since, clock)
      : series?.of === 'both'
        ? startOfDay(usualStart(series.unit, dayAt(clock.now, timeZone)), timeZone)
        : undefined;
  const to = until === undefined ? undefined : await resolveUntil(until, from ?? new Date(0), clock);
  return { timeZone, from, to };
}

function usualStart(unit: Unit, today: string): string {
  const back = usual[unit] - 1;
  if (unit !== 'month') return addDays(periodOf(today, unit), -back * (unit === 'week' ? 7 : 1));
  const [year = 0, month = 1] = today.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 10);
}

function spanOf(grouping: Grouping | undefined, { timeZone, from, to }: Within, now: Date) {
  const unit = grouping?.series?.unit;
  if (unit === undefined || from === undefined) return undefined;
  return { first: periodOf(dayAt(from, timeZone), unit), last: periodOf(dayAt(to ?? now, timeZone), unit) };
}

/** The moment that counts: of a day its end. @throws Failure `invalid_input` when it is not in the past */
async function momentIn(text: string, field: string, clock: Clock): Promise<Date> {
  const moment = (await lastMomentOf(text, clock)) ?? clock.now;
  if (moment < clock.now) return moment;
  throw invalidInput([{ field, message: 'It must be a day that is over, or a moment in the past.' }]);
}

/** Filters that are about now, and what no history tells. */
const aboutNow = [
  'jql',
  'filter',
  'overdue',
  'updatedSince',
  'unchangedFor',
  'statusUnchangedFor',
  'resolvedSince',
  'missing',
  'linked',
];
const stateLabels = new Set(['status', 'statuscategory', 'resolution', 'resolved', 'resolutiondate', 'updated']);

/** @throws Failure `invalid_input` for what cannot be told of a date in the past */
function refuseBesideDates({ filters, groupings }: Counting, others: Record<string, unknown>): void {
  const given = (values: object) =>
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [name],
    );
  const [name] = [...given(filters).filter(each => aboutNow.includes(each)), ...given(others)];
  if (name !== undefined) {
    throw invalidInput([
      { field: name, message: 'It cannot be combined with asOf or compareWith, which look at the past.' },
    ]);
  }
  if (filters.where?.some(({ label }) => stateLabels.has(folded(label)))) {
    const message =
      'With asOf or compareWith give the status by status or openOnly: what where looks at is as it is now.';
    throw invalidInput([{ field: 'where', message }]);
  }
  const resolved = groupings.find(({ series }) => series && series.of !== 'created');
  if (resolved) {
    const message = `"${resolved.label}" cannot be combined with asOf or compareWith. Give since and until in place of them.`;
    throw invalidInput([{ field: 'groupBy', message }]);
  }
}

interface Told {
  counting: Counting;
  samples: readonly Sample[];
  groups: readonly Group[];
  current: Pick<Counted, 'notes'> | undefined;
  old: { hasUnknownStatus: boolean; notes: readonly string[] } | undefined;
  isRestricted: boolean;
}

function notes({
  counting: { groupings, measures, within, filters },
  samples,
  groups,
  current,
  old,
  isRestricted,
}: Told) {
  const isPast = old !== undefined;
  const several = groupings.filter((_, at) =>
    samples.some(sample => (sample.groups[at]?.length ?? 0) > 1 && !groupings[at]?.series),
  );
  const asNow = isPast ? groupings.filter(each => !hasPast(each)) : [];
  const asThen = groupings.filter(each => !asNow.includes(each) && each.field?.id !== 'status');
  const isTimed = measures.some(({ fields }) => fields.includes('resolutiondate'));
  const isByResolution = groupings.some(({ series }) => series?.of === 'both' || series?.of === 'resolved');
  const labels = (list: readonly Grouping[]) => list.map(({ label }) => label).join(' and ');
  const said = [
    ...((current ?? old)?.notes ?? []),
    several.length > 0 && `An issue with several values of ${labels(several)} counts in each, and once in the whole.`,
    isPast &&
      `Status${asThen.length > 0 ? `, ${labels(asThen)}` : ''} and whether an issue is open are those of the date, by the issues' histories; the other filters look at issues as they are now, and issues deleted since are not counted.`,
    asNow.length > 0 && `${labels(asNow)} is as it is now.`,
    old?.hasUnknownStatus && 'Issues that were in a status that is gone since are counted as open.',
    isByResolution && 'Resolved is by the resolution date of Jira: issues that were reopened have none.',
    isTimed && 'Times to resolution run from creation to resolution by the calendar, in days of 24 hours.',
    groupings.some(({ series }) => series) && `Days are those of ${within.timeZone}.`,
    measures.length > 0 &&
      groupings.some(({ series }) => series?.of === 'both') &&
      'What is measured is that of the issues that were created or resolved, and counts in each period in which one was.',
    groupings.length === 1 && groupings[0]?.series && hasGaps(groups, groupings[0].series.unit)
      ? 'Periods in which there are none are left out here.'
      : undefined,
    ...leftOut(groups, groupings),
    isRestricted && filters.projectId === undefined && 'Projects that a policy closes are not counted.',
  ].filter(Boolean);
  return said.length > 0 ? said.join(' ') : undefined;
}

/** Whether a period between those of the groups has none. */
function hasGaps(groups: readonly Group[], unit: Unit): boolean {
  const periods = groups.map(({ name }) => name).filter(name => name !== none.name);
  return periods.some((period, at) => at > 0 && nextPeriod(periods[at - 1] ?? '', unit) !== period);
}

/** Which groups are not told, in sentences. */
function leftOut(groups: readonly Group[], groupings: readonly Grouping[]): string[] {
  const which = (at: number) => (groupings[at]?.series ? 'earliest' : 'smallest');
  const isCut = (all: readonly Group[], at: number) => toldGroups(all, groupings[at], at).length < all.length;
  const inner = toldGroups(groups, groupings[0], 0).filter(group => isCut(group.groups ?? [], 1));
  return [
    ...(isCut(groups, 0) ? [`There are ${groups.length} groups; the ${which(0)} are left out here.`] : []),
    ...(inner.length > 0
      ? [`Of the groups within ${inner.map(({ name }) => quoted(name)).join(', ')} the ${which(1)} are left out here.`]
      : []),
  ];
}

/** A group as it is told. `issues` that were created or resolved in a period are no number that anybody asks for. */
function shownGroup(groupings: readonly Grouping[], within: Within, now: Date) {
  const hasEvents = groupings.some(({ series }) => series?.of === 'both');
  const shown = ({ issues, groups: _, ...group }: Group, at: number) => ({
    ...group,
    ...(!hasEvents && { issues }),
    covers: coveredDays(group.name, groupings[at], within, now),
  });
  return ({ groups, ...group }: Group) => ({
    ...shown(group, 0),
    ...(groups && { groups: toldGroups(groups, groupings[1], 1).map(each => shown(each, 1)) }),
  });
}

/** The days of a week or month that a period covers, where it does not cover all. */
function coveredDays(name: string, grouping: Grouping | undefined, { timeZone, from, to }: Within, now: Date) {
  const { unit, of } = grouping?.series ?? {};
  if (unit === undefined || unit === 'day' || of === 'other' || name === none.name) return undefined;
  const first = unit === 'month' ? `${name}-01` : name;
  const last = addDays(unit === 'month' ? `${nextPeriod(name, unit)}-01` : nextPeriod(name, unit), -1);
  const [start, end] = [from && dayAt(from, timeZone), dayAt(to && to < now ? to : now, timeZone)];
  const begin = [first, start ?? first].toSorted().at(-1);
  const [stop] = [end, last].toSorted();
  return begin === first && stop === last ? undefined : `${begin} to ${stop}`;
}

/** Jira's own number may lag behind, but tells how much is missing. */
async function notCounted(query: Counted['query'] | undefined, read: number, jira: Jira): Promise<string> {
  const all = query === undefined ? undefined : await jira.count(query);
  const of = all === undefined ? '' : ` of about ${all}`;
  return `Only ${read}${of} issues were read, so that all numbers are too low. Narrow the filters, such as to a project or by createdSince, and ask again.`;
}
