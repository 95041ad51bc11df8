import * as z from 'zod';
import { heading } from '../../../../shared/schema/meaning.ts';
import { duration } from '../fieldText.ts';
import type { Issue } from '../issue.ts';
import { slaSchema } from './wire.ts';

/** An SLA of a request, as rows of a list have it. */
export const shownSla = z.object({
  name: heading('The name of the SLA, such as Time to resolution.'),
  state: z
    .enum(['running', 'paused', 'met', 'missed'])
    .describe('Running or paused; when its clock has stopped, met or missed.'),
  breached: z.boolean().optional().describe('True when its goal is missed.'),
  timeLeft: z.string().optional().describe("What is left of it in the desk's working hours, such as 1h 5m."),
  overdueBy: z.string().optional().describe('By how much it is missed, so far or in the end.'),
  breachesAt: z.string().optional().describe("When it will be missed, or was, ISO 8601, by the asking user's clock."),
});

/** The same with its goal. */
export const wholeSla = shownSla.extend({
  goal: z.string().optional().describe('The time that it allows.'),
  elapsed: z.string().optional().describe('The time that has counted so far.'),
});

/** How an SLA of a request stands. */
export interface Sla {
  name: string;
  isOngoing: boolean;
  isPaused: boolean;
  isBreached: boolean;
  /** In milliseconds of the SLA's calendar; negative where its goal is missed. */
  remaining: number | undefined;
  elapsed: number | undefined;
  goal: number | undefined;
  /** When its goal is or was missed, in milliseconds since the epoch; undefined where Jira does not tell, as while it is paused. */
  breachesAt: number | undefined;
  /** When its clock stopped. */
  stoppedAt: number | undefined;
}

/** The SLAs of a request, of those of the fields that it has a value in, each as its latest cycle has it. */
export function slasOf(issue: Pick<Issue, 'values'>, fields: readonly { id: string; label: string }[]): Sla[] {
  return cyclesOf(issue, fields).flatMap(cycles => cycles.at(-1) ?? []);
}

/** All cycles of each SLA, the latest last: the clock of one may start anew, as when a request is opened again. */
export function cyclesOf(issue: Pick<Issue, 'values'>, fields: readonly { id: string; label: string }[]): Sla[][] {
  return fields.map(({ id, label }) => {
    const { data } = slaSchema.safeParse(issue.values[id]);
    if (!data) return [];
    const { ongoingCycle, completedCycles } = data;
    return [...completedCycles, ...(ongoingCycle ? [ongoingCycle] : [])].map(cycle => ({
      name: data.name ?? label,
      isOngoing: cycle === ongoingCycle,
      isPaused: cycle.paused === true,
      isBreached: cycle.breached,
      remaining: cycle.remainingTime?.millis,
      elapsed: cycle.elapsedTime?.millis,
      goal: cycle.goalDuration?.millis,
      breachesAt: cycle.breachTime?.epochMillis,
      stoppedAt: cycle.stopTime?.epochMillis,
    }));
  });
}

/** The last moment at which a goal that is missed may have been missed: by the clock on the wall, where Jira does not tell. */
export function missedBy({ breachesAt, stoppedAt, remaining }: Sla): number {
  if (breachesAt !== undefined) return breachesAt;
  // Hours that do not count lie between as well, so that it may have been earlier.
  return stoppedAt === undefined ? Number.POSITIVE_INFINITY : stoppedAt + Math.min(remaining ?? 0, 0);
}

export function showSla({
  name,
  isOngoing,
  isPaused,
  isBreached,
  remaining,
  breachesAt,
}: Sla): z.infer<typeof shownSla> {
  const left = isOngoing || isBreached ? remaining : undefined;
  return {
    name,
    state: isOngoing ? (isPaused ? 'paused' : 'running') : isBreached ? 'missed' : 'met',
    ...(isBreached && { breached: true }),
    ...(left !== undefined && (left < 0 ? { overdueBy: duration(-left / 1000) } : { timeLeft: duration(left / 1000) })),
    ...((isOngoing || isBreached) && breachesAt !== undefined && { breachesAt: new Date(breachesAt).toISOString() }),
  };
}

export function showWholeSla(sla: Sla): z.infer<typeof wholeSla> {
  const { goal, elapsed } = sla;
  return {
    ...showSla(sla),
    ...(goal !== undefined && { goal: duration(goal / 1000) }),
    ...(elapsed !== undefined && { elapsed: duration(elapsed / 1000) }),
  };
}

/** Where the request stands among others by the time that is left of its SLAs: who runs out first comes first. */
export function urgency(slas: readonly Sla[]): number {
  const ends = slas.flatMap(({ isOngoing, isPaused, breachesAt, remaining }) => {
    if (!isOngoing || isPaused) return [];
    return breachesAt ?? (remaining === undefined ? [] : Number.MAX_SAFE_INTEGER / 2 + remaining);
  });
  // What is paused, or has no SLA, is in no hurry.
  return Math.min(...ends, Number.MAX_SAFE_INTEGER);
}
