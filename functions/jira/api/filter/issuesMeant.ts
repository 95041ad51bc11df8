import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { momentsAt } from '../../../../shared/filter/moments.ts';
import { resolveDay, resolveSince } from '../../../../shared/time/inputs.ts';
import { ambiguous } from '../choosing.ts';
import type { Issue } from '../issue.ts';
import type { Jira } from '../jira.ts';
import { allOf, Jql, jql, rawJql } from '../jql.ts';
import { isBacklog } from './conditionJql.ts';
import type { GivenFilters } from './filterInputs.ts';
import { issueQuery, mayHideWrong, unknownPerson, wrongValues } from './issueFilter.ts';
import { explainedQuery } from './rawQuery.ts';

/** The issues that an action's filters mean. */
export interface IssuesMeant {
  /** The query; a caller's own JQL keeps its own order. */
  jql(order?: Jql): Jql;
  /** The same to count with at once, so that it is exact to the minute. */
  jqlNow(): Promise<Jql>;
  /** The order that a saved filter has. */
  order: Jql | undefined;
  /** The fields that `passes` looks at, to be asked for with the issues. */
  fields: readonly string[];
  /** Whether an issue that the query finds is one that is meant: JQL is not exact to the second. */
  passes(issue: Issue): boolean;
  /** True where most of what the query finds may not pass, so that a page of it may have few or none. */
  isSparse: boolean;
  /** What the user should know of how a filter was taken, in sentences. */
  notes: readonly string[];
  /** True where the only issues that do not pass were updated before all that do. */
  isCutByUpdate: boolean;
  /**
   * Makes a request with the query. Where Jira refuses it, or finds nothing, it says which value of a filter there is not.
   * @throws Failure `invalid_input` or `not_found`
   */
  checked<Answer>(request: () => Promise<Answer>, foundNothing: (answer: Answer) => boolean): Promise<Answer>;
}

/** The query must be the same for all pages, but it names moments relative to now: a page is asked for up to an hour later. */
const PAGE_LIFE_MINUTES = 61;

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
      jqlNow: async () => rawJql(raw),
      order: undefined,
      fields: [],
      passes: () => true,
      isCutByUpdate: false,
      isSparse: false,
      notes: [],
      checked: async request => {
        try {
          return await request();
        } catch (error) {
          throw await explainedQuery(error, raw, jira);
        }
      },
    };
  }
  const clock = { now, timeZone: jira.timeZone };
  const { updatedSince, unchangedFor, statusUnchangedFor, createdSince, resolvedSince, dueBefore, filter, ...others } =
    filters;
  const since = async (text: string | undefined, input: string) =>
    text === undefined ? undefined : resolveSince(text, clock, input);
  const saved = filter === undefined ? undefined : await jira.savedFilter(filter);
  const given = {
    ...others,
    saved: saved?.condition,
    updatedSince: await since(updatedSince, 'updatedSince'),
    unchangedSince: await since(unchangedFor, 'unchangedFor'),
    statusUnchangedSince: await since(statusUnchangedFor, 'statusUnchangedFor'),
    createdSince: await since(createdSince, 'createdSince'),
    resolvedSince: await since(resolvedSince, 'resolvedSince'),
    dueBefore: dueBefore === undefined ? undefined : await resolveDay(dueBefore, clock, 'dueBefore'),
  };
  const site = { jira };
  let next: Promise<number> | undefined;
  const compiled = (slackMinutes: number) =>
    issueQuery(given, site, {
      moments: momentsAt(clock),
      people: jira.people,
      now,
      slackMinutes,
      suggestions: jira.metadata.suggestions,
      typesAboveBase: jira.metadata.typesAboveBase,
      nextSprint: input => {
        next ??= nextSprint(filters.projectId, input, jira);
        return next;
      },
    });
  const query = await compiled(PAGE_LIFE_MINUTES);
  if (query.conditions.length === 0) {
    throw invalidInput([
      { field: 'projectId', message: 'Give at least one filter, such as projectId, text or assignee.' },
    ]);
  }
  const conditions = allOf(query.conditions);
  const refused = async (error: unknown): Promise<never> => {
    if (!(error instanceof Failure) || error.code !== 'invalid_input') throw error;
    const wrong = await wrongValues(query.checked, site);
    throw wrong.length > 0 ? invalidInput(wrong) : ((await unknownPerson(query.checked, site)) ?? error);
  };
  return {
    jqlNow: async () => (query.fields.length > 0 ? allOf((await compiled(0)).conditions) : conditions),
    order: saved?.order ?? (isBacklog(filters.sprint) ? new Jql('Rank ASC, key ASC') : undefined),
    jql: order => (order === undefined ? conditions : jql`${conditions} ORDER BY ${order}`),
    fields: query.fields,
    passes: query.passes,
    isSparse: query.isSparse,
    notes: query.notes,
    isCutByUpdate:
      updatedSince !== undefined && unchangedFor === undefined && query.fields.every(id => id === 'updated'),
    async checked(request, foundNothing) {
      const doubtful = query.checked.filter(mayHideWrong);
      const [answer, wrong] = await Promise.all([request().catch(refused), wrongValues(doubtful, site)]);
      if (wrong.length > 0) throw invalidInput(wrong);
      if (foundNothing(answer)) {
        // A value that no issue can have finds nothing as well.
        const others = await wrongValues(
          query.checked.filter(condition => !doubtful.includes(condition)),
          site,
        );
        if (others.length > 0) throw invalidInput(others);
      }
      return answer;
    },
  };
}

/**
 * The ID of the first future sprint of a project's board.
 * @throws Failure `invalid_input` without a project, `not_found` without such a sprint, `ambiguous` where boards have different ones
 */
async function nextSprint(projectId: string | undefined, input: string, { boards, sprints }: Jira): Promise<number> {
  if (projectId === undefined) {
    const message = 'Which sprint comes next depends on the board: give projectId as well, or the name of the sprint.';
    throw invalidInput([{ field: input, message }]);
  }
  const firsts = await Promise.all(
    (await boards.withSprints(projectId)).map(async board => {
      const first = await sprints.find(board, 'next').catch(noneThere);
      return first ? [{ ...first, board: board.name }] : [];
    }),
  );
  // Several boards may show one sprint.
  const [sprint, ...others] = new Map(firsts.flat().map(each => [each.id, each])).values();
  if (!sprint) throw new Failure('not_found', `${input}: No board of ${projectId} has a sprint that is still to come.`);
  if (others.length === 0) return sprint.id;
  throw ambiguous(
    input,
    'next',
    [sprint, ...others].map(({ name, board }) => `${name} (${board})`),
  );
}

/** What a board has that has no such sprint, or none at all. */
function noneThere(error: unknown): undefined {
  if (error instanceof Failure && error.code === 'not_found') return undefined;
  throw error;
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
