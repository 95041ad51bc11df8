import { invalidInput } from '../../../shared/failure.ts';
import { whenText } from '../../../shared/time/inputs.ts';
import { clockAt, dayAt, momentAt } from '../../../shared/time/timeZone.ts';
import { type Clock, dayOf, isDayOrMoment, isWholeDay, momentOf } from '../../../shared/time/when.ts';

const momentForms =
  "a date-time such as 2026-11-30T14:00, which is by the asking user's clock unless it has a zone, or a day";

/** When somebody is to be reminded. */
export const remindAtText = whenText.refine(isDayOrMoment, `It must be ${momentForms}.`);

/** Salesforce itself reminds at this time where only a day is chosen. */
const REMINDED_AT = 'T08:00:00';

/** The fields of a reminder, and when it is. @throws Failure `invalid_input` for one in the past */
export async function reminder(text: string, clock: Clock) {
  const timeZone = await clock.timeZone();
  const at = isWholeDay(text)
    ? momentAt(`${await dayOf(text, clock)}${REMINDED_AT}`, timeZone)
    : ((await momentOf(text, clock)) ?? new Date(Number.NaN));
  if (!(at > clock.now)) {
    const message = `It must be in the future; now it is ${clockAt(clock.now, timeZone)}.`;
    throw invalidInput([{ field: 'remindAt', message }]);
  }
  return { values: { IsReminderSet: true, ReminderDateTime: at.toISOString() }, shown: clockAt(at, timeZone) };
}

/** When something begins or ends: a day for what takes whole days. */
export const meetingTimeText = whenText.refine(isDayOrMoment, `It must be ${momentForms}.`);

/** The longest event that Salesforce takes. */
export const MAX_MINUTES = 14 * 24 * 60;
const USUAL_MINUTES = 60;

interface MeetingTime {
  start: string;
  end?: string | undefined;
  durationMinutes?: number | undefined;
}

/**
 * The fields of an event's time, and how it is told. Of an event of whole days Salesforce takes the days at midnight in UTC,
 * whatever the zone: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_event.htm
 * @throws Failure `invalid_input` for a time that is past, ends before it begins, or is too long
 */
export async function meetingTime({ start, end, durationMinutes }: MeetingTime, clock: Clock) {
  const refused = (field: string, message: string) => invalidInput([{ field, message }]);
  if (end !== undefined && durationMinutes !== undefined) {
    throw refused('durationMinutes', 'Give end or durationMinutes, not both.');
  }
  const timeZone = await clock.timeZone();
  if (isWholeDay(start)) {
    if (durationMinutes !== undefined || (end !== undefined && !isWholeDay(end))) {
      throw refused(
        'start',
        'Give a time of day, too, such as 2026-11-30T14:00; a day alone is for what takes whole days.',
      );
    }
    const first = (await dayOf(start, clock)) ?? '';
    const last = end === undefined ? first : ((await dayOf(end, clock)) ?? '');
    if (last < first) throw refused('end', 'It must not be before start.');
    if (first < dayAt(clock.now, timeZone)) throw refused('start', past(clock.now, timeZone));
    const midnight = (day: string) => `${day}T00:00:00.000Z`;
    if (Date.parse(midnight(last)) - Date.parse(midnight(first)) >= MAX_MINUTES * 60_000) throw refused('end', tooLong);
    return {
      values: { IsAllDayEvent: true, StartDateTime: midnight(first), EndDateTime: midnight(last) },
      shown: { start: first, end: last },
    };
  }
  const from = (await momentOf(start, clock)) ?? new Date(Number.NaN);
  if (end !== undefined && isWholeDay(end)) throw refused('end', 'Give a time of day, too, or durationMinutes.');
  const to =
    end === undefined
      ? new Date(from.getTime() + (durationMinutes ?? USUAL_MINUTES) * 60_000)
      : ((await momentOf(end, clock)) ?? new Date(Number.NaN));
  if (!(from > clock.now)) throw refused('start', past(clock.now, timeZone));
  if (!(to > from)) throw refused('end', 'It must be after start.');
  if (to.getTime() - from.getTime() > MAX_MINUTES * 60_000) throw refused('end', tooLong);
  return {
    values: { StartDateTime: from.toISOString(), EndDateTime: to.toISOString() },
    shown: { start: clockAt(from, timeZone), end: clockAt(to, timeZone) },
  };
}

const tooLong = 'Salesforce takes no event of more than 14 days.';

const past = (now: Date, timeZone: string) =>
  `It must be in the future; now it is ${clockAt(now, timeZone)}. To note what took place use logActivity.`;
