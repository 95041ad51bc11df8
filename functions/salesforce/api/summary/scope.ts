import { invalidInput } from '../../../../shared/failure.ts';
import type { Condition } from '../../../../shared/filter/condition.ts';
import { fieldCalled, folded } from '../../../../shared/filter/label.ts';
import { quoted } from '../../../../shared/text.ts';
import { dayAt } from '../../../../shared/time/timeZone.ts';
import { notDeleted, reachesArchive } from '../archive.ts';
import { recordFields } from '../filter/recordField.ts';
import { recordFilter } from '../filter/recordFilter.ts';
import type { Salesforce } from '../salesforce.ts';
import { day, list, names, type Soql, soql } from '../soql.ts';
import { currencyField } from '../visibleFields.ts';
import type { FieldDescription, ObjectDescription } from '../wire.ts';
import { type ClosedPeriod, givenPeriod, namedPeriod, type Period, type PeriodClock, periodBefore } from './period.ts';

/** Which records are summarized: what the filters and the period leave. */

interface Filters {
  owner?: string | undefined;
  where?: readonly Condition[] | undefined;
  missing?: readonly string[] | undefined;
  unchangedFor?: string | undefined;
  openOnly?: boolean | undefined;
  overdue?: boolean | undefined;
}

const has = ({ fields }: ObjectDescription, name: string) => fields.some(field => field.name === name);

/** @throws Failure `invalid_input` for what the object has not, `not_found` or `ambiguous` for a person */
export async function filtersOf(
  { owner, where, missing, unchangedFor, openOnly, overdue }: Filters,
  object: ObjectDescription,
  { salesforce, clock: { now, timeZone } }: { salesforce: Salesforce; clock: PeriodClock },
): Promise<{ conditions: Soql[]; remarks: readonly string[] }> {
  const ownerField = object.fields.find(({ name }) => name === 'OwnerId');
  if (owner !== undefined && !ownerField) throw lacks('owner', object, 'have no owner that can be used here');
  const filter = await recordFilter(
    { salesforce, now },
    object.name,
    { owner, where, missing, unchangedFor },
    { mayBeQueue: ownerField?.referenceTo.includes('Group') ?? false },
  );
  const open = openOf(object);
  const due = ['CloseDate', 'ActivityDate'].find(name => has(object, name));
  // A to-do is no call that was made.
  const isOfBoth =
    object.name === 'Task' &&
    open &&
    !openOnly &&
    !overdue &&
    !where?.some(({ label }) => tellsOpen.has(folded(label)));
  if (openOnly && !open) throw lacks('openOnly', object, 'are neither open nor closed');
  if (overdue && !(open && due)) throw lacks('overdue', object, 'have no date by which they are closed');
  return {
    conditions: [
      ...Object.values(filter.conditions).flatMap(condition => condition ?? []),
      ...(openOnly && open ? [open] : []),
      ...(overdue && open && due ? [soql`${open} AND ${names(due)} < ${day(dayAt(now, timeZone))}`] : []),
    ],
    remarks: [...filter.remarks, ...(isOfBoth ? [openAndCompleted] : [])],
  };
}

/** Names of the fields that tell open tasks from completed ones. */
const tellsOpen = new Set(['closed', 'isclosed', 'status', 'completeddate/time', 'completeddatetime']);
const openAndCompleted =
  'Open and completed tasks are counted together: where {"Closed": true} counts completed ones only, openOnly open ones.';

interface ActivityParts {
  filters: Filters;
  /** The paths by which it is grouped. */
  groupPaths: readonly string[];
  /** The first day that is looked at. */
  from: string | undefined;
  today: string;
}

/** How tasks and events are counted: a meeting once, though each of its people has a copy of it, and what is archived with the rest. */
export function activityScope(
  object: ObjectDescription,
  { filters, groupPaths, from, today }: ActivityParts,
): { conditions: Soql[]; withArchived: boolean; notes: string[] } {
  if (!['Task', 'Event'].includes(object.name)) return { conditions: [], withArchived: false, notes: [] };
  const isOfOwner = ({ label }: Condition) =>
    fieldCalled(label, recordFields(object), { input: 'where' }).id === 'OwnerId';
  const isByOwner =
    filters.owner !== undefined || groupPaths.includes('OwnerId') || (filters.where ?? []).some(isOfOwner);
  const isOpen = filters.openOnly === true || filters.overdue === true;
  const withArchived = !isOpen && reachesArchive(from, today);
  const hasCopies = object.name === 'Event' && has(object, 'IsChild');
  return {
    conditions: [...(withArchived ? [notDeleted] : []), ...(hasCopies && !isByOwner ? [soql`IsChild = FALSE`] : [])],
    withArchived,
    notes: hasCopies && isByOwner ? ['A meeting of several people counts for each of them.'] : [],
  };
}

function openOf(object: ObjectDescription): Soql | undefined {
  const field = ['IsClosed', 'IsConverted'].find(name => has(object, name));
  return field === undefined ? undefined : soql`${names(field)} = FALSE`;
}

function lacks(field: string, { label, labelPlural }: ObjectDescription, what: string) {
  return invalidInput([{ field, message: `${quoted(labelPlural ?? label)} ${what}.` }]);
}

/**
 * The date that a period is about: the one that is named, else the close date of opportunities, the due date of tasks and the start
 * of events, else the time of creation.
 * @throws Failure `invalid_input` or `ambiguous`
 */
export function dateFieldOf(label: string | undefined, object: ObjectDescription): FieldDescription | undefined {
  if (label === undefined) {
    const usual = usualDates[object.name] ?? 'CreatedDate';
    return object.fields.find(({ name }) => name === usual);
  }
  const hint = `describeObject lists those of ${object.name}.`;
  const isDate = ({ type, filterable }: FieldDescription) => ['date', 'datetime'].includes(type) && filterable;
  const { description } = fieldCalled(label, recordFields(object), {
    input: 'dateField',
    hint,
    mayBegin: field => isDate(field.description),
  });
  if (isDate(description)) return description;
  throw invalidInput([
    { field: 'dateField', message: `${quoted(description.label)} is no date that can be searched by.` },
  ]);
}

const usualDates: Readonly<Record<string, string>> = {
  Opportunity: 'CloseDate',
  Task: 'ActivityDate',
  Event: 'StartDateTime',
};

interface PeriodInputs {
  period?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  compareWith?: 'previous' | undefined;
}

/** The period that is looked at, and the one before where it is asked for. @throws Failure `invalid_input` */
export async function periodsOf(
  { period: name, since, until, compareWith }: PeriodInputs,
  clock: PeriodClock,
): Promise<{ period: Period | undefined; previous: ClosedPeriod | undefined }> {
  const isGiven = since !== undefined || until !== undefined;
  if (name !== undefined && isGiven) {
    throw invalidInput([{ field: 'period', message: 'Give either period, or since and until.' }]);
  }
  if (name !== undefined) {
    const { period, previous } = namedPeriod(name, clock);
    return { period, previous: compareWith && previous };
  }
  if (!isGiven && compareWith === undefined) return { period: undefined, previous: undefined };
  const given = await givenPeriod({ since, until }, clock);
  return compareWith ? periodBefore(given, clock) : { period: given, previous: undefined };
}

/** The condition that a record is of a period, by one of its dates. */
export function inPeriod({ from, to, first, last }: Period, { name, type }: FieldDescription): Soql {
  const column = names(name);
  const [low, high] = type === 'date' ? [from && day(from), to && day(to)] : [first, last];
  return list([...(low ? [soql`${column} >= ${low}`] : []), ...(high ? [soql`${column} <= ${high}`] : [])], ' AND ');
}

/** In which currencies the amounts of an object are. */
export interface SummaryMoney {
  isMulti: boolean;
  /** Of an org with several: the one that totals are converted into; undefined where it is not told. */
  corporate: string | undefined;
  /** The one of all amounts. */
  sole: string | undefined;
}

export const noMoney: SummaryMoney = { isMulti: false, corporate: undefined, sole: undefined };

export async function moneyOf(salesforce: Salesforce, object: ObjectDescription): Promise<SummaryMoney> {
  const { isMulti = has(object, currencyField), sole } = await salesforce.currencies();
  if (!isMulti) return { ...noMoney, sole };
  const corporate = await salesforce.corporateCurrency();
  // Without the currency of each record SOQL converts all the same.
  return { isMulti: has(object, currencyField), corporate, sole: corporate };
}
