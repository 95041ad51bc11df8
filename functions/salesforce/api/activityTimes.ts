import { invalidInput } from '../../../shared/failure.ts';
import { whenText } from '../../../shared/time/inputs.ts';
import { clockAt, momentAt } from '../../../shared/time/timeZone.ts';
import { type Clock, dayOf, isDayOrMoment, momentOf, readWhen } from '../../../shared/time/when.ts';

const momentForms =
  "a date-time such as 2026-11-30T14:00, which is by the asking user's clock unless it has a zone, or a day";

/** When somebody is to be reminded. */
export const remindAtText = whenText.refine(isDayOrMoment, `It must be ${momentForms}.`);

/** Salesforce itself reminds at this time where only a day is chosen. */
const REMINDED_AT = 'T08:00:00';

/** The fields of a reminder, and when it is. @throws Failure `invalid_input` for one in the past */
export async function reminder(text: string, clock: Clock) {
  const timeZone = await clock.timeZone();
  const isDay = ['day', 'near'].includes(readWhen(text)?.kind ?? '');
  const at = isDay
    ? momentAt(`${await dayOf(text, clock)}${REMINDED_AT}`, timeZone)
    : ((await momentOf(text, clock)) ?? new Date(Number.NaN));
  if (!(at > clock.now)) {
    const message = `It must be in the future; now it is ${clockAt(clock.now, timeZone)}.`;
    throw invalidInput([{ field: 'remindAt', message }]);
  }
  return { values: { IsReminderSet: true, ReminderDateTime: at.toISOString() }, shown: clockAt(at, timeZone) };
}
