import * as z from 'zod';
import { durationOf, minutesOf } from '../duration.ts';
import { nameText } from '../inputs.ts';

/** A service desk, by its project or its name. */
export const deskName = nameText.meta({
  description: 'The service desk: its project key, such as ABC, or its name. Only needed where there are several.',
  names: 'project',
  acronym: 'ID',
  choices: { action: 'listProjects', collection: 'projects', title: 'name', value: 'key', inputs: { limit: 100 } },
});

export const requestTypeName = nameText.describe('The name of the request type, such as Hardware.');

/** The hours of all days: an SLA ends on the clock on the wall. */
const wholeDays = { hoursPerDay: 24, daysPerWeek: 7 };

const MAX_MINUTES = 90 * 24 * 60;

/** A span from now, in minutes. */
export const spanAhead = z
  .string()
  .trim()
  .max(60)
  .transform((text, context) => {
    const span = durationOf(text.replace(/^\+/, ''));
    const minutes = span === undefined ? 0 : Math.ceil(minutesOf(span, wholeDays));
    if (minutes > 0 && minutes <= MAX_MINUTES) return minutes;
    context.issues.push({
      code: 'custom',
      message: 'It must be a span such as 2h, 30m or 1d, of at most 90 days.',
      input: text,
    });
    return z.NEVER;
  });
