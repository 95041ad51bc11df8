import * as z from 'zod';
import { type Page, type PageRequest, page } from '../../../shared/action/page.ts';
import { Failure } from '../../../shared/failure.ts';
import { parseJson } from '../../../shared/parseJson.ts';
import { heading, id, link } from '../../../shared/schema/meaning.ts';
import { beginning } from '../../../shared/text.ts';
import { clockAt } from '../../../shared/time/timeZone.ts';
import { isHidden } from './answerFailure.ts';
import { foreignToken } from './listPage.ts';
import { field, recordShape } from './recordShape.ts';
import type { Salesforce } from './salesforce.ts';
import { allOf, day, list, names, type Soql, soql } from './soql.ts';
import { withVisibleFields } from './visibleFields.ts';
import { garbled, type SalesforceRecord } from './wire.ts';

/**
 * Tasks and events as one list in time order. Salesforce has no object of both that can be asked for by itself, so that four
 * lists are read in one request and merged, each from where the last page left it.
 */

const shared = {
  activityId: field.id('The ID of the activity.'),
  subject: field.heading('Subject', 'What it is about.'),
  description: field.text('Description', 'What was said or agreed.'),
  relatedTo: field.text('What.Name', 'The record that it belongs to.'),
  relatedToId: field.reference('WhatId', 'The ID of that record.'),
  with: field.text('Who.Name', 'The contact or lead.'),
  withId: field.reference('WhoId', 'The ID of the contact or lead.'),
  account: field.text('Account.Name', 'The account.'),
  owner: field.text('Owner.Name', 'The owner.'),
  url: field.link('The address in Salesforce.'),
};
const task = recordShape('Task', {
  ...shared,
  kind: field.text('TaskSubtype', 'Task, Call, Email and the like.'),
  date: field.text('ActivityDate', 'The day on which it is due.'),
  status: field.text('Status', 'The status.'),
  priority: field.text('Priority', 'The priority.'),
  isClosed: field.boolean('IsClosed', 'Whether it is done.'),
});
const event = recordShape('Event', {
  ...shared,
  startsAt: field.time('StartDateTime', 'When it starts.'),
  endsAt: field.time('EndDateTime', 'When it ends.'),
  day: field.text('ActivityDate', 'The day on which it takes place.'),
  isAllDay: field.boolean('IsAllDayEvent', 'Whether it takes whole days.'),
  location: field.text('Location', 'Where it takes place.'),
});

/** An activity in an answer. */
export const activityOutput = z.object({
  activityId: id('The ID of the activity.'),
  kind: z.string().describe('Task, Call, Email or Meeting.'),
  subject: heading('What it is about.').optional(),
  date: z
    .string()
    .optional()
    .describe("The day on which it is due or was done, or the start of a meeting by the asking user's clock."),
  endsAt: z.string().optional().describe('The end of a meeting, likewise.'),
  status: z.string().optional().describe('The status of a task.'),
  isOverdue: z.boolean().optional().describe('True for an open task whose due date is past.'),
  priority: z.string().optional().describe('The priority of a task.'),
  relatedTo: z.string().optional().describe('The record that it belongs to.'),
  relatedToId: id('The ID of that record.').optional(),
  with: z.string().optional().describe('The contact or lead that it is with.'),
  withId: id('The ID of the contact or lead.').optional(),
  account: z.string().optional().describe('The account.'),
  owner: z.string().optional().describe('The owner.'),
  location: z.string().optional().describe('Where a meeting takes place.'),
  description: z.string().optional().describe('The beginning of what was said or agreed.'),
  url: link('The address in Salesforce.'),
});

export type Activity = z.output<typeof activityOutput>;

/** Longer texts are cut to this many characters. */
const MAX_DESCRIPTION = 300;

/** A list of one object in one order: what it has of it, and by which field it is sorted. */
const streams = {
  tasks: { shape: task, only: soql`ActivityDate != NULL`, sortedBy: 'ActivityDate', isMoment: false },
  undated: { shape: task, only: soql`ActivityDate = NULL`, sortedBy: undefined, isMoment: false },
  wholeDays: { shape: event, only: soql`IsAllDayEvent = TRUE`, sortedBy: 'ActivityDate', isMoment: false },
  meetings: { shape: event, only: soql`IsAllDayEvent = FALSE`, sortedBy: 'StartDateTime', isMoment: true },
} as const;

export type StreamName = keyof typeof streams;

const position = z.tuple([
  z.string().regex(/^(\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{4}))?)?$/),
  z.string().regex(/^[a-zA-Z0-9]{18}$/),
]);
/** Of each list the last record that was answered: what it is sorted by, and its ID. */
const positionsSchema = z.strictObject({
  tasks: position.exactOptional(),
  undated: position.exactOptional(),
  wholeDays: position.exactOptional(),
  meetings: position.exactOptional(),
});
type Positions = z.output<typeof positionsSchema>;

interface Found {
  stream: StreamName;
  record: SalesforceRecord;
  /** Where its list goes on behind it. */
  position: z.output<typeof position>;
  /** What both objects are sorted by: `2026-11-30`, `2026-11-30T09:00:00`, empty for what has no date. */
  time: string;
}

interface Listing {
  /** The conditions of each list that is wanted. */
  wanted: Readonly<Partial<Record<StreamName, readonly Soql[]>>>;
  latestFirst: boolean;
  timeZone: string;
  /** The day by which a task is overdue. */
  today: string;
  /** Finds also what Salesforce has archived: closed tasks and events of more than a year ago. */
  withArchived: boolean;
}

interface Answered {
  activities: Activity[];
  /** Kinds and fields that are hidden from the user. */
  notShown: string[];
  more: boolean;
}

/**
 * A page of tasks and events, in time order; those without a date come last. It costs one request.
 * @throws Failure where nothing that is wanted can be asked for
 */
export async function listActivities<Output>(
  salesforce: Salesforce,
  { limit, cursor }: PageRequest,
  { wanted, latestFirst, timeZone, today, withArchived }: Listing,
  answer: (answered: Answered) => Output,
): Promise<Page<Output>> {
  const from = readPositions(cursor);
  const asked = Object.entries(wanted).map(([name, conditions]) => ({ name: streamName.parse(name), conditions }));
  const notShown: string[] = [];
  const parts = await withVisibleFields(
    salesforce,
    { Task: task.fields, Event: event.fields },
    select =>
      salesforce.queryTogether(
        asked.map(({ name, conditions }) => {
          const { shape, only } = streams[name];
          const after = from[name] && behind(name, from[name], latestFirst);
          const all = [only, ...conditions, ...(after ? [after] : [])];
          return soql`SELECT ${select(shape.objectType === 'Task' ? 'Task' : 'Event')} FROM ${names(shape.objectType)} WHERE ${allOf(all)} ORDER BY ${order(name, latestFirst)} LIMIT ${limit + 1}`;
        }),
        { withDeleted: withArchived },
      ),
    hidden => notShown.push(hidden),
  );

  const refusals = parts.flatMap(part => (part instanceof Failure ? [part] : []));
  const [refusal] = refusals;
  if (refusal && (refusals.length === parts.length || !refusals.every(isHidden))) throw refusal;
  const lists = asked.map(({ name }, at) => {
    const part = parts[at] ?? [];
    if (part instanceof Failure) {
      notShown.push(streams[name].shape === task ? 'tasks' : 'meetings');
      return [];
    }
    return part.map(record => located(name, record, timeZone));
  });
  const { merged, isWhole } = merge(lists, limit, latestFirst);
  const after = (count: number) => writePositions(from, merged.slice(0, count));
  return page({
    items: merged,
    nextCursor: isWhole ? undefined : after(merged.length),
    cursorAfter: after,
    answer: (found, more) =>
      answer({
        activities: found.map(({ stream, record }) => {
          const shape = streams[stream].shape;
          return shape === task ? taskItem(record, salesforce, today) : eventItem(record, salesforce, timeZone);
        }),
        notShown: [...new Set(notShown)],
        more,
      }),
  });
}

const streamName = z.enum(['tasks', 'undated', 'wholeDays', 'meetings']);

function order(name: StreamName, latestFirst: boolean): Soql {
  const { sortedBy } = streams[name];
  const fields = sortedBy === undefined ? ['Id'] : [sortedBy, 'Id'];
  return list(
    fields.map(path => (latestFirst ? soql`${names(path)} DESC` : names(path))),
    ', ',
  );
}

/** The condition of what comes after a record. IDs decide between records of one time, so that none is lost between pages. */
function behind(name: StreamName, [value, recordId]: z.output<typeof position>, latestFirst: boolean): Soql {
  const { sortedBy, isMoment } = streams[name];
  const later = latestFirst ? soql`Id < ${recordId}` : soql`Id > ${recordId}`;
  if (sortedBy === undefined) return later;
  const path = names(sortedBy);
  const bound = isMoment ? new Date(value) : day(value);
  return latestFirst
    ? soql`${path} < ${bound} OR (${path} = ${bound} AND ${later})`
    : soql`${path} > ${bound} OR (${path} = ${bound} AND ${later})`;
}

function located(stream: StreamName, record: SalesforceRecord, timeZone: string): Found {
  const { sortedBy, isMoment } = streams[stream];
  const value = sortedBy === undefined ? '' : record[sortedBy];
  const { data } = position.safeParse([value, record.Id]);
  if (!data) throw garbled();
  const time = isMoment ? clockAt(new Date(data[0]), timeZone).slice(0, 19) : data[0];
  return { stream, record, position: data, time };
}

/** The first so many of lists that are sorted each by itself. */
function merge(lists: readonly (readonly Found[])[], limit: number, latestFirst: boolean) {
  const at = lists.map(() => 0);
  const heads = () => lists.flatMap((found, index) => found.slice(at[index] ?? 0, (at[index] ?? 0) + 1));
  const comesFirst = (one: Found, other: Found) => {
    if (one.time === '' || other.time === '') return one.time !== '';
    return latestFirst ? one.time >= other.time : one.time <= other.time;
  };
  const merged: Found[] = [];
  for (let left = heads(); left.length > 0 && merged.length < limit; left = heads()) {
    const next = left.reduce((first, other) => (comesFirst(first, other) ? first : other));
    merged.push(next);
    const index = lists.findIndex(found => found[0]?.stream === next.stream);
    at[index] = (at[index] ?? 0) + 1;
  }
  return { merged, isWhole: heads().length === 0 };
}

function readPositions(cursor: string | undefined): Positions {
  if (cursor === undefined) return {};
  const { data } = positionsSchema.safeParse(parseJson(cursor));
  if (data && (data.meetings === undefined || !Number.isNaN(Date.parse(data.meetings[0])))) return data;
  throw foreignToken();
}

function writePositions(from: Positions, answered: readonly Found[]): string {
  const latest = answered.map(({ stream, position }) => [stream, position]);
  return JSON.stringify({ ...from, ...Object.fromEntries(latest) });
}

function taskItem(record: SalesforceRecord, salesforce: Salesforce, today: string): Activity {
  const { isClosed, kind = 'Task', description, ...item } = task.read(record, salesforce);
  const isOverdue = isClosed === false && item.date !== undefined && item.date < today;
  return { ...item, kind, ...(isOverdue && { isOverdue }), ...cut(description) };
}

function eventItem(record: SalesforceRecord, salesforce: Salesforce, timeZone: string): Activity {
  const { startsAt, endsAt, day, isAllDay, description, ...item } = event.read(record, salesforce);
  const date = eventDate({ startsAt, day, isAllDay }, timeZone);
  const end = isAllDay ? undefined : eventDate({ startsAt: endsAt }, timeZone);
  return { ...item, kind: 'Meeting', ...(date && { date }), ...(end && { endsAt: end }), ...cut(description) };
}

interface EventTime {
  startsAt?: string | undefined;
  day?: string | undefined;
  isAllDay?: boolean | undefined;
}

/** When an event is: its day where it takes whole days, else its moment by a zone's clock. */
export function eventDate({ startsAt, day, isAllDay }: EventTime, timeZone: string): string | undefined {
  return isAllDay ? day : startsAt && clockAt(new Date(startsAt), timeZone);
}

function cut(description: string | undefined) {
  return description === undefined ? {} : { description: beginning(description, MAX_DESCRIPTION) };
}
