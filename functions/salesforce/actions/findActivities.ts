import * as z from 'zod';
import { invalidInput } from '../../../shared/failure.ts';
import { summary } from '../../../shared/schema/meaning.ts';
import { dayText, resolveDay, sinceText } from '../../../shared/time/inputs.ts';
import { startOfDay } from '../../../shared/time/timeZone.ts';
import { type Activity, activityOutput, listActivities, type StreamName } from '../api/activityList.ts';
import { isPersonId, ofPerson } from '../api/activityPeople.ts';
import { notDeleted, reachesArchive } from '../api/archive.ts';
import { owner, ownerOrQueueText, recordFilter } from '../api/filter/recordFilter.ts';
import { ifGiven, ofAccount, summarize } from '../api/findRecords.ts';
import { recordForms, recordText, searchText } from '../api/inputs.ts';
import { notShown } from '../api/notShown.ts';
import { openObjectOf } from '../api/readRecord.ts';
import { recordNamed } from '../api/recordNamed.ts';
import { containing, day, type Soql, soql } from '../api/soql.ts';
import { uses } from '../needs.ts';
import { salesforce } from '../system.ts';

export default salesforce.action({
  name: 'findActivities',
  toolset: 'salesforce',
  access: 'read',
  needs: uses('read Task', 'read Event'),
  title: 'Find activities',
  description:
    'Lists Salesforce tasks, calls, e-mails and meetings in time order: of a person, an account or any record, due, overdue or open. ' +
    'Use it for what somebody has to do, or what was done with a customer. Give at least one filter. For a number of them use summarizeRecords.',
  input: z.object({
    owner: owner.optional().describe(ownerOrQueueText),
    recordId: recordText
      .optional()
      .describe(
        `An account (with its opportunities, cases and contacts), a contact, a lead or another record, ${recordForms}.`,
      ),
    account: searchText.optional().describe('A part of the name of the account.'),
    subject: searchText.optional().describe('A part of the subject.'),
    activityType: z
      .enum(['task', 'call', 'email', 'meeting'])
      .optional()
      .describe('Only these; task is everything but meetings.'),
    openOnly: z.boolean().optional().describe('True for tasks to do and meetings that are not over.'),
    overdue: z.boolean().optional().describe('True for open tasks whose due date is past.'),
    dueSince: sinceText.optional().describe('Due, or taking place, on this day or later; 7d for the last week.'),
    dueBefore: dayText
      .optional()
      .describe('Before this day and not on it. With openOnly, tomorrow is for what is due today or overdue.'),
    orderBy: z
      .enum(['earliest', 'latest'])
      .optional()
      .describe('What comes first. Unless given, the earliest of what is open, else the latest.'),
  }),
  output: z.object({
    summary: summary('One sentence that says how many activities were found, and how many of them are overdue.'),
    activities: z.array(activityOutput).describe('The activities in time order; tasks without a due date come last.'),
    notShown,
  }),
  // Each name of an owner is looked up.
  requests: 60,
  example: { account: 'Contoso', openOnly: true },
  paged: true,
  async run(input, context) {
    const { salesforce, now, page: request } = context;
    const clock = { now, timeZone: salesforce.timeZone };
    const { openOnly, overdue, activityType } = input;
    const [filter, timeZone, today, person] = await Promise.all([
      recordFilter(context, 'Task', { owner: input.owner }, { mayBeQueue: true }),
      salesforce.timeZone(),
      resolveDay('today', clock, 'overdue'),
      input.recordId === undefined
        ? undefined
        : recordNamed(salesforce, input.recordId, { input: 'recordId' }).then(id => ofRecord(salesforce, id)),
    ]);
    const since = input.dueSince && (await resolveDay(input.dueSince, clock, 'dueSince'));
    const before = input.dueBefore && (await resolveDay(input.dueBefore, clock, 'dueBefore'));

    const filters = {
      owner: filter.conditions.owner,
      recordId: person?.condition,
      account: ifGiven(input.account, ofAccount),
      subject: ifGiven(input.subject, subject => soql`Subject LIKE ${containing(subject)}`),
    };
    const common = Object.values(filters).filter(condition => condition !== undefined);
    const isFiltered = common.length > 0 || openOnly || overdue || since !== undefined || before !== undefined;
    if (!isFiltered) {
      const inputs = [...Object.keys(filters), 'openOnly=true', 'overdue=true', 'dueSince', 'dueBefore'];
      throw invalidInput([{ field: '', message: `Give at least one of ${inputs.join(', ')}.` }]);
    }

    const tasks = [
      ...common,
      ...(activityType === 'call' ? [soql`TaskSubtype = 'Call'`] : []),
      ...(activityType === 'email' ? [soql`TaskSubtype IN ${['Email', 'List Email']}`] : []),
      ...(openOnly || overdue ? [soql`IsClosed = FALSE`] : []),
    ];
    // Of an event with several users each has a copy, which is that user's and nobody else's.
    const events = [...common, ...(filters.owner ? [] : [soql`IsChild = FALSE`])];
    const within: Soql[] = [
      ...(since ? [soql`ActivityDate >= ${day(since)}`] : []),
      ...(before ? [soql`ActivityDate < ${day(before)}`] : []),
    ];
    const wanted: Partial<Record<StreamName, Soql[]>> = {
      ...(activityType !== 'meeting' && {
        tasks: [...tasks, ...within, ...(overdue ? [soql`ActivityDate < ${day(today)}`] : [])],
        ...(within.length === 0 && !overdue && { undated: tasks }),
      }),
      ...((activityType === undefined || activityType === 'meeting') &&
        !overdue && {
          wholeDays: [...events, ...within, ...(openOnly ? [soql`ActivityDate >= ${day(today)}`] : [])],
          meetings: [
            ...events,
            ...(since ? [soql`StartDateTime >= ${startOfDay(since, timeZone)}`] : []),
            ...(before ? [soql`StartDateTime < ${startOfDay(before, timeZone)}`] : []),
            ...(openOnly ? [soql`EndDateTime >= ${now}`] : []),
          ],
        }),
    };
    if (Object.keys(wanted).length === 0) {
      const message = 'Only tasks can be overdue. Leave overdue or activityType out.';
      throw invalidInput([{ field: 'overdue', message }]);
    }
    const withArchived = !openOnly && !overdue && reachesArchive(since, today);
    return listActivities(
      salesforce,
      request,
      {
        wanted: withArchived ? withoutDeleted(wanted) : wanted,
        latestFirst: input.orderBy === undefined ? !openOnly && !overdue : input.orderBy === 'latest',
        timeZone,
        today,
        withArchived,
      },
      ({ activities, notShown, more }) => ({
        summary: [
          summarize(activities.length, ['activity', 'activities'], aside(activities), {
            more,
            isFirst: request.isFirst,
          }),
          person?.remark,
        ]
          .filter(Boolean)
          .join(' '),
        activities,
        ...(notShown.length > 0 && { notShown }),
      }),
    );
  },
});

/** The activities of a record. @throws Failure `invalid_input` for the ID of a person who signs in, or of an activity */
async function ofRecord(salesforce: Parameters<typeof ofPerson>[0], recordId: string) {
  const refused = (message: string) => invalidInput([{ field: 'recordId', message }]);
  if (recordId.startsWith('005')) throw refused('It is the ID of a user: give it as owner.');
  if (/^00[TU]/.test(recordId)) throw refused('It is the ID of an activity itself: use getRecord.');
  const objectType = await openObjectOf(salesforce, recordId);
  if (objectType === 'Account') return { condition: soql`AccountId = ${recordId}`, remark: undefined };
  if (isPersonId(recordId)) return ofPerson(salesforce, recordId);
  return { condition: soql`WhatId = ${recordId}`, remark: undefined };
}

function withoutDeleted(wanted: Partial<Record<StreamName, Soql[]>>): Partial<Record<StreamName, Soql[]>> {
  return Object.fromEntries(Object.entries(wanted).map(([name, conditions]) => [name, [...conditions, notDeleted]]));
}

/** `: 3 tasks, 1 of them overdue, and 2 meetings` */
function aside(activities: readonly Activity[]): string {
  const meetings = activities.filter(({ kind }) => kind === 'Meeting').length;
  const overdue = activities.filter(({ isOverdue }) => isOverdue).length;
  const others = activities.length - meetings;
  const late = overdue > 0 ? `, ${overdue} overdue` : '';
  const parts = [
    ...(others > 0 ? [`${others} ${others === 1 ? 'task' : 'tasks'}${late}`] : []),
    ...(meetings > 0 ? [`${meetings} ${meetings === 1 ? 'meeting' : 'meetings'}`] : []),
  ];
  return parts.length > 0 ? `: ${parts.join('; ')}` : '';
}
