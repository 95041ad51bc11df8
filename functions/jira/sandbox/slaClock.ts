import type { Instant, Issue, Sla } from './model.ts';
import { type Site, statusOf } from './site.ts';

/** How an SLA of a request stands, in milliseconds; its calendar has all hours of all days. */
export interface SlaClock {
  sla: Sla;
  start: Instant;
  /** Where it has stopped. */
  stop: Instant | undefined;
  isPaused: boolean;
  elapsed: number;
  /** Negative where the goal was missed. */
  remaining: number;
  isBreached: boolean;
  /** When the goal was missed. */
  breachedAt: Instant | undefined;
}

/** The clock of an SLA of a request as it is now. */
export function clockOf(site: Site, issue: Issue, sla: Sla): SlaClock {
  const stop = sla.stops === 'resolution' ? issue.resolved : firstResponse(site, issue);
  const end = stop ?? site.now();
  let elapsed = 0;
  let from = issue.created;
  let isPaused = false;
  let breachedAt: Instant | undefined;
  const goal = sla.goalSeconds * 1000;
  const runTo = (at: Instant) => {
    if (!isPaused) {
      if (breachedAt === undefined && elapsed + at - from > goal) breachedAt = from + goal - elapsed;
      elapsed += at - from;
    }
    from = at;
  };
  for (const { at, statusId } of moves(issue)) {
    if (at > end) break;
    runTo(at);
    isPaused = sla.pausedIn.includes(statusId);
  }
  runTo(Math.max(from, end));
  const remaining = goal - elapsed;
  return {
    sla,
    start: issue.created,
    stop,
    isPaused: stop === undefined && sla.pausedIn.includes(statusOf(site, issue).id),
    elapsed,
    remaining,
    isBreached: remaining < 0,
    breachedAt,
  };
}

/** The first public comment of somebody who is not a customer, nor has made the request. */
function firstResponse({ people }: Site, { comments, values }: Issue): Instant | undefined {
  const isStaff = (accountId: string) =>
    accountId !== values.reporter && people.find(each => each.accountId === accountId)?.accountType !== 'customer';
  return comments.find(({ isPublic, authorId }) => isPublic && isStaff(authorId))?.created;
}

const moves = ({ histories }: Issue) =>
  histories.flatMap(({ created, items }) =>
    items.flatMap(({ fieldId, to }) => (fieldId === 'status' && to !== null ? [{ at: created, statusId: to }] : [])),
  );
