import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { momentsAt } from '../../../../shared/filter/moments.ts';
import { resolveDay, resolveSince } from '../../../../shared/time/inputs.ts';
import type { Issue } from '../issue.ts';
import type { Jira } from '../jira.ts';
import { allOf, type Jql, jql, rawJql } from '../jql.ts';
import type { GivenFilters } from './filterInputs.ts';
import { issueQuery, unknownPerson, wrongValues } from './issueFilter.ts';

/** The issues that an action's filters mean. */
export interface IssuesMeant {
  /** The query; a caller's own JQL keeps its own order. */
  jql(order?: Jql): Jql;
  /** The fields that `passes` looks at, to be asked for with the issues. */
  fields: readonly string[];
  /** Whether an issue that the query finds is one that is meant: JQL is not exact to the second. */
  passes(issue: Issue): boolean;
  /** True where the only issues that do not pass were updated before all that do. */
  isCutByUpdate: boolean;
  /**
   * Makes a request with the query. Where Jira refuses it, or finds nothing, it says which value of a filter there is not.
   * @throws Failure `invalid_input` or `not_found`
   */
  checked<Answer>(request: () => Promise<Answer>, foundNothing: (answer: Answer) => boolean): Promise<Answer>;
}

/**
 * Which issues are meant.
 * @param beside Other inputs that cannot stand beside JQL.
 * @throws Failure `invalid_input` where nothing is given, or more beside JQL; and for a label, a value or a person as `issueQuery`
 */
export async function issuesMeant(
  { jql: raw, ...filters }: GivenFilters,
  { jira, now }: { jira: Jira; now: Date },
  beside: Readonly<Record<string, unknown>> = {},
): Promise<IssuesMeant> {
  if (raw !== undefined) {
    refuseBesideJql({ ...filters, ...beside });
    return {
      jql: () => rawJql(raw),
      fields: [],
      passes: () => true,
      isCutByUpdate: false,
      checked: request => request(),
    };
  }
  const clock = { now, timeZone: jira.timeZone };
  const { updatedSince, unchangedFor, dueBefore, ...others } = filters;
  const given = {
    ...others,
    updatedSince: updatedSince === undefined ? undefined : await resolveSince(updatedSince, clock, 'updatedSince'),
    unchangedSince: unchangedFor === undefined ? undefined : await resolveSince(unchangedFor, clock, 'unchangedFor'),
    dueBefore: dueBefore === undefined ? undefined : await resolveDay(dueBefore, clock, 'dueBefore'),
  };
  const site = { jira };
  const query = await issueQuery(given, site, {
    moments: momentsAt(clock),
    people: jira.people,
    now,
    suggestions: jira.metadata.suggestions,
  });
  if (query.conditions.length === 0) {
    throw invalidInput([
      { field: 'projectId', message: 'Give at least one filter, such as projectId, text or assignee.' },
    ]);
  }
  const conditions = allOf(query.conditions);
  return {
    jql: order => (order === undefined ? conditions : jql`${conditions} ORDER BY ${order}`),
    fields: query.fields,
    passes: query.passes,
    isCutByUpdate:
      updatedSince !== undefined && unchangedFor === undefined && query.fields.every(id => id === 'updated'),
    async checked(request, foundNothing) {
      const answer = await request().catch(async (error: unknown) => {
        if (!(error instanceof Failure) || error.code !== 'invalid_input') throw error;
        const wrong = await wrongValues(query.checked, site);
        throw wrong.length > 0 ? invalidInput(wrong) : ((await unknownPerson(query.checked, site)) ?? error);
      });
      if (foundNothing(answer)) {
        // A value that no issue can have finds nothing as well.
        const wrong = await wrongValues(query.checked, site);
        if (wrong.length > 0) throw invalidInput(wrong);
      }
      return answer;
    },
  };
}

function refuseBesideJql(others: Readonly<Record<string, unknown>>): void {
  const given = Object.entries(others).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  throw invalidInput([
    {
      field: 'jql',
      message: `It cannot be combined with ${given.map(([name]) => name).join(', ')}. Put those into the JQL, or leave the JQL out.`,
    },
  ]);
}
