import * as z from 'zod';
import { invalidInput } from '../../../../shared/failure.ts';
import type { JqlClause } from '../jqlClauses.ts';

/**
 * What a query asks of the work that was logged. Jira finds an issue also by work that is restricted to a role or a group, so that
 * an issue is shown only where work that everybody may see is of such a person and such days.
 */
export interface WorkCondition {
  /** Whether work that may be shown could be what was found. */
  isMet(worklogs: readonly Work[]): boolean;
}

const workSchema = z.looseObject({
  started: z.string().nullish().catch(undefined),
  visibility: z.unknown().optional(),
  author: z
    .looseObject({ accountId: z.string().nullish(), displayName: z.string().nullish() })
    .nullish()
    .catch(undefined),
});
type Work = z.output<typeof workSchema>;
export const workList = z.looseObject({
  total: z.number().nullish(),
  worklogs: z.array(workSchema).nullish(),
});

const DAY_MS = 24 * 60 * 60_000;

/**
 * @param mustHold Whether all that a query finds meets the condition.
 * @throws Failure `invalid_input` for a condition of which that cannot be told
 */
export function workCondition(
  clauses: readonly JqlClause[],
  mustHold: (clause: JqlClause) => boolean,
): WorkCondition | undefined {
  const tests = clauses.flatMap(clause => {
    const test = testOf(clause);
    if (!test) return [];
    if (clause.isNegated || !mustHold(clause)) throw refused();
    return [test];
  });
  if (tests.length === 0) return undefined;
  return {
    isMet: worklogs => worklogs.some(work => work.visibility == null && tests.every(test => test(work))),
  };
}

function testOf({ field, operator, operands }: JqlClause): ((work: Work) => boolean) | undefined {
  const name = field.toLowerCase();
  if (name === 'worklogcomment') throw refused();
  if (name !== 'worklogauthor' && name !== 'worklogdate') return undefined;
  const values = operands.map(({ kind, value }) => {
    if (kind === 'call') throw refused();
    return value;
  });
  if (name === 'worklogauthor') {
    if (operator !== '=' && operator !== 'in') throw refused();
    const people = new Set(values.map(value => value.toLowerCase()));
    return ({ author }) =>
      [author?.accountId, author?.displayName].some(each => each != null && people.has(each.toLowerCase()));
  }
  const [value = ''] = values;
  const at = Date.parse(value.replaceAll('/', '-'));
  if (Number.isNaN(at)) throw refused();
  // Jira reads days in the zone of the service's account.
  const startOf = ({ started }: Work) => Date.parse(started ?? '');
  if (operator === '>=' || operator === '>') return work => startOf(work) >= at - DAY_MS;
  if (operator === '<=' || operator === '<') return work => startOf(work) <= at + 2 * DAY_MS;
  if (operator === '=') return work => Math.abs(startOf(work) - at) <= 2 * DAY_MS;
  throw refused();
}

function refused() {
  const message =
    'Logged work can be searched here only by worklogAuthor and worklogDate, with =, in or a comparison with a day such as 2026-10-31, as conditions that AND joins: Jira would also find work that is restricted to others. listWorklogs lists what was logged.';
  return invalidInput([{ field: 'jql', message }]);
}
