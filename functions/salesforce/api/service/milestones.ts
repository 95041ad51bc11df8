import * as z from 'zod';
import { heading } from '../../../../shared/schema/meaning.ts';
import { isoTime, valueAt } from '../recordValues.ts';
import type { SalesforceRecord } from '../wire.ts';

/** https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_casemilestone.htm */
export const milestoneFields = [
  'Id',
  'MilestoneType.Name',
  'StartDate',
  'TargetDate',
  'CompletionDate',
  'IsCompleted',
  'IsViolated',
];

export const milestone = z.object({
  name: heading('The name of the milestone, such as First Response.').optional(),
  state: z
    .enum(['running', 'paused', 'met', 'missed'])
    .describe('Running or paused; when it is over, met or missed. One that runs may be overdue.'),
  dueAt: z.string().optional().describe("When it has to be reached, ISO 8601, by the asking user's clock."),
  timeLeft: z.string().optional().describe('The time until then, such as 1d 3h.'),
  overdueBy: z.string().optional().describe('For how long it has been overdue, while it runs.'),
  completedAt: z.string().optional().describe("When it was reached, ISO 8601, by the asking user's clock."),
});

export type Milestone = z.infer<typeof milestone>;

/** A milestone as it stands at a moment. While the clock of the case stands still, nobody knows when it is due. */
export function toMilestone(record: SalesforceRecord, { now, isPaused }: { now: Date; isPaused: boolean }): Milestone {
  const name = valueAt(record, 'MilestoneType.Name');
  const dueAt = timeIn(record.TargetDate);
  const completedAt = timeIn(record.CompletionDate);
  const isCompleted = record.IsCompleted === true || completedAt !== undefined;
  const isViolated = record.IsViolated === true || (isCompleted && isAfter(completedAt, dueAt));
  const left = dueAt === undefined ? undefined : Date.parse(dueAt) - now.getTime();
  return {
    ...(typeof name === 'string' && { name }),
    state: isCompleted ? (isViolated ? 'missed' : 'met') : isPaused ? 'paused' : 'running',
    ...(dueAt && { dueAt }),
    ...(!isCompleted &&
      !isPaused &&
      left !== undefined &&
      (left < 0 ? { overdueBy: span(-left) } : { timeLeft: span(left) })),
    ...(completedAt && { completedAt }),
  };
}

/** Those that run first, by what is due first. */
export function byUrgency(one: Milestone, other: Milestone): number {
  const isOver = ({ state }: Milestone) => Number(state === 'met' || state === 'missed');
  return isOver(one) - isOver(other) || (one.dueAt ?? '9').localeCompare(other.dueAt ?? '9');
}

const timeIn = (value: unknown) => (typeof value === 'string' ? isoTime(value) : undefined);

const isAfter = (one: string | undefined, other: string | undefined) =>
  one !== undefined && other !== undefined && one > other;

/** `1d 3h`, `3h 20m`, `5m` */
function span(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const parts =
    days > 0 ? [days > 0 && `${days}d`, hours > 0 && `${hours}h`] : [hours > 0 && `${hours}h`, rest > 0 && `${rest}m`];
  return parts.filter(Boolean).join(' ') || '0m';
}
