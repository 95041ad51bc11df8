import * as z from 'zod';
import { invalidInput } from '../../../../shared/failure.ts';
import { fieldCalled, folded } from '../../../../shared/filter/label.ts';
import { beginning, quoted } from '../../../../shared/text.ts';
import { addDays, dayAt } from '../../../../shared/time/timeZone.ts';
import { duration, toText } from '../fieldText.ts';
import type { SearchField } from '../filter/searchField.ts';
import { dateOf, type Issue } from '../issue.ts';

/** A group that an issue is in. */
export interface GroupName {
  /** What tells it from other groups: names alone may be those of several people. */
  key: string;
  name: string;
  /** Of a table of what was created and what was resolved: which of the two the issue is here. */
  event?: 'created' | 'resolved';
}

export type Unit = 'day' | 'week' | 'month';

/** The moments that a series is about. */
export type SeriesOf = 'created' | 'resolved' | 'both' | 'other';

/** By what issues are grouped. */
export interface Grouping {
  label: string;
  /** The fields to ask for. */
  fields: readonly string[];
  /** The field whose values are the groups; undefined for times. */
  field: SearchField | undefined;
  /** Of days, weeks or months. */
  series: { unit: Unit; of: SeriesOf } | undefined;
  /** An issue may have several values, and is then in several groups. */
  isList: boolean;
  /** The groups of an issue, never none. */
  groupsOf(issue: Issue, within: Within): readonly GroupName[];
}

/** The zone whose days count, and the period that a series has. */
export interface Within {
  timeZone: string;
  from: Date | undefined;
  to: Date | undefined;
}

export const none: GroupName = { key: '', name: 'none' };

const units: ReadonlyMap<string, Unit> = new Map(
  (['day', 'week', 'month'] as const).flatMap((unit): [string, Unit][] => [
    [unit, unit],
    [`${unit}s`, unit],
    [unit === 'day' ? 'daily' : `${unit}ly`, unit],
  ]),
);
const between: ReadonlySet<string> = new Set(['of', 'by', 'per', 'the', 'and']);
const events: ReadonlyMap<string, 'created' | 'resolved'> = new Map([
  ...['creation', 'created', 'opened', 'opening'].map(word => [word, 'created'] as const),
  ...['resolution', 'resolved', 'closed', 'closing', 'done'].map(word => [word, 'resolved'] as const),
]);

/** Fields of which each issue has another value, or whole things. */
const notGrouped = new Set([
  'watcher',
  'voter',
  'issuekey',
  'summary',
  'description',
  'environment',
  'comment',
  'worklog',
  'attachment',
]);
const oneLine = /:(?:textfield|url)$/;

/**
 * What a text means: the label of a field, or a unit of time with what it is about, such as `week of creation`. A unit alone
 * is a table of what was created and what was resolved.
 * @throws Failure `invalid_input` or `ambiguous`
 */
export function groupingOf(text: string, fields: readonly SearchField[]): Grouping {
  const isLabel = fields.some(({ label }) => folded(label) === folded(text));
  const time = isLabel ? undefined : readTime(text);
  return time ? seriesOf(time, fields) : byField(fieldCalled(text, fields, { input: 'groupBy', hint }));
}

const hint = 'describeProject lists the fields of a type.';

function readTime(text: string): { unit: Unit; what: string } | undefined {
  const words = text.toLowerCase().split(/\s+/);
  const [first = '', last = ''] = [words[0], words.at(-1)];
  const rest = (others: string[]) => others.filter(word => !between.has(word)).join(' ');
  const leading = units.get(first);
  if (leading) return { unit: leading, what: rest(words.slice(1)) };
  const trailing = units.get(last);
  return trailing && { unit: trailing, what: rest(words.slice(0, -1)) };
}

function seriesOf({ unit, what }: { unit: Unit; what: string }, fields: readonly SearchField[]): Grouping {
  const at = (moment: Date | undefined, { timeZone }: Within) => moment && periodOf(dayAt(moment, timeZone), unit);
  const group = (name: string | undefined): readonly GroupName[] =>
    name === undefined ? [none] : [{ key: name, name }];
  const series = (label: string, of: SeriesOf, ids: readonly string[], groupsOf: Grouping['groupsOf']): Grouping => ({
    label,
    fields: ids,
    field: undefined,
    series: { unit, of },
    isList: false,
    groupsOf,
  });
  if (what === '') {
    return series(unit, 'both', ['created', 'resolutiondate'], ({ createdAt, resolvedAt }, within) => {
      const found = (
        [
          ['created', createdAt],
          ['resolved', resolvedAt],
        ] as const
      ).flatMap(([event, moment]) => {
        const name = isWithin(moment, within) ? at(moment, within) : undefined;
        return name === undefined ? [] : [{ key: name, name, event }];
      });
      return found.length > 0 ? found : [none];
    });
  }
  switch (events.get(what)) {
    case 'created':
      return series(`${unit} of creation`, 'created', ['created'], (issue, within) =>
        group(at(issue.createdAt, within)),
      );
    case 'resolved':
      return series(`${unit} of resolution`, 'resolved', ['resolutiondate'], (issue, within) =>
        group(at(issue.resolvedAt, within)),
      );
    case undefined:
  }
  const field = fieldCalled(what, fields, { input: 'groupBy', hint });
  const { id, kind, label } = field;
  if (kind !== 'day' && kind !== 'moment') {
    throw wrong(`${quoted(label)} has no days. Give ${quoted(label)} alone, or a ${unit} of creation or resolution.`);
  }
  return series(`${unit} of ${label}`, 'other', [id], (issue, within) => {
    const value = id === 'updated' ? issue.updatedAt?.toISOString() : issue.values[id];
    if (typeof value !== 'string' || value === '') return [none];
    return group(kind === 'day' ? periodOf(value.slice(0, 10), unit) : at(dateOf(value), within));
  });
}

/** Whether something happened in a period; both of its ends may be open. */
export function isWithin(moment: Date | undefined, { from, to }: Pick<Within, 'from' | 'to'>): boolean {
  return moment !== undefined && (!from || moment >= from) && (!to || moment <= to);
}

/** The first day of a week, which is a Monday, a day, or a month such as `2026-11`. */
export function periodOf(day: string, unit: Unit): string {
  if (unit === 'day') return day;
  if (unit === 'month') return day.slice(0, 7);
  const sinceMonday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(day, -sinceMonday);
}

/** The period after this one. */
export function nextPeriod(period: string, unit: Unit): string {
  if (unit !== 'month') return addDays(period, unit === 'day' ? 1 : 7);
  return addDays(`${period}-01`, 31).slice(0, 7);
}

function byField(field: SearchField): Grouping {
  const { id, kind, label, custom, isList } = field;
  if (kind === 'moment') throw wrong(`Give a unit for ${quoted(label)}, such as "week of ${label}".`);
  const isText = kind === 'text' && !oneLine.test(custom ?? '');
  if (isText || notGrouped.has(id)) throw wrong(`Issues cannot be grouped by ${quoted(label)}.`);
  return {
    label,
    // An issue tells the category with its status.
    fields: [id === 'statusCategory' ? 'status' : id],
    field,
    series: undefined,
    isList,
    groupsOf: issue => {
      const names = valuesOf(issue, field);
      return names.length > 0 ? [...new Map(names.map(name => [name.key, name])).values()] : [none];
    },
  };
}

const person = z.object({ accountId: z.string(), displayName: z.string() });
const request = z.object({ requestType: z.object({ name: z.string() }) });

/** The values that an issue has in a field, by their names. */
function valuesOf(issue: Issue, { id, kind }: SearchField): GroupName[] {
  const { project, parent } = issue;
  if (id === 'project') return project ? [named(projectName(project))] : [];
  if (id === 'parent') return parent ? [named([parent.key, parent.summary].filter(Boolean).join(' '))] : [];
  if (id === 'statusCategory') return issue.statusCategory === undefined ? [] : [named(issue.statusCategory)];
  const value = issue.values[id];
  const values = Array.isArray(value) ? value : [value];
  return values.flatMap(each => {
    const found = person.safeParse(each).data;
    if (found) return [{ key: found.accountId, name: found.displayName }];
    if (kind === 'duration') return typeof each === 'number' ? [named(duration(each))] : [];
    const text = request.safeParse(each).data?.requestType.name ?? toText(each);
    return text === '' ? [] : [named(text)];
  });
}

export function projectName({ key, name }: { key: string; name: string }): string {
  return `${name} (${key})`;
}

const MAX_NAME = 100;

export function named(text: string): GroupName {
  const name = beginning(text.trim(), MAX_NAME);
  return { key: folded(name), name };
}

function wrong(message: string) {
  return invalidInput([{ field: 'groupBy', message }]);
}
