import { getSprint } from 'jira.js/agile';
import { getFieldAutoCompleteForQueryString, searchAndReconsileIssuesUsingJqlPost } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { folded } from '../../../shared/filter/label.ts';
import { planAnew } from '../../../shared/plan/planAnew.ts';
import type { Boards } from './boards.ts';
import { readIssues } from './issue.ts';
import { parseAnswer } from './parseAnswer.ts';
import type { Sprints } from './sprints.ts';
import { type IssueField, sprintSchema, suggestionsSchema, teamSchema } from './wire.ts';

export interface Sprint {
  id: number;
  name: string;
  /** The name of the board that has it. */
  board: string;
}

/** The boards, sprints and teams of a project, which Jira takes by their IDs alone. The project is given by key or ID. */
export interface Planning {
  /** Those that are not closed, of every board of the project. @throws Failure */
  sprints(project: string): Promise<Sprint[]>;
  /**
   * The sprint of that ID, closed or not, where a board of the project has it; undefined where none has. Where the boards cannot
   * be read, it is taken for one of them.
   * @throws Failure
   */
  sprint(project: string, id: number): Promise<Sprint | undefined>;
  /** Those of the sprints, by ID, that are closed. One that cannot be read is taken for none of them. @throws Failure */
  closedSprints(ids: readonly number[]): Promise<Set<number>>;
  /**
   * Teams that a search by the field suggests for a name; where that suggests none of that name, those that issues of the project
   * have in the field: Jira has no list of all teams that its own API would give. @throws Failure
   */
  teams(project: string, field: IssueField, name: string): Promise<{ id: string; name: string }[]>;
  /** The IDs of the fields that the project's boards estimate by; none where they cannot be read. */
  estimationFields(project: string): Promise<Set<string>>;
}

const MAX_ISSUES = 100;

interface PlanningParts {
  client: Client;
  boards: Boards;
  sprints: Sprints;
}

export function openPlanning({ client, boards, sprints }: PlanningParts): Planning {
  const suggestedTeams = async (fieldId: string, name: string) => {
    const request = { fieldName: clauseOf(fieldId), fieldValue: name };
    const answer = await getFieldAutoCompleteForQueryString(client, request).catch((error: unknown) => {
      // Without suggestions those that are in use are looked at.
      if (error instanceof Failure && ['invalid_input', 'not_found', 'forbidden'].includes(error.code))
        return { results: [] };
      throw error;
    });
    return parseAnswer(suggestionsSchema, answer).results.flatMap(({ value, displayName }) =>
      value ? [{ id: value, name: displayName?.replace(/<\/?b>/g, '') ?? value }] : [],
    );
  };

  return {
    async sprints(project) {
      const own = await boards.withSprints(project).catch(unreadable);
      const lists = await Promise.all(
        own.map(async board => {
          const open = await sprints.open(board).catch(withoutSprints);
          return open.map(({ id, name }): Sprint => ({ id, name, board: board.name }));
        }),
      );
      // Several boards may show one sprint.
      return [...new Map(lists.flat().map(sprint => [sprint.id, sprint])).values()];
    },

    async sprint(project, id) {
      const own = await boards.withSprints(project).catch((error: unknown) => {
        if (isUnreadable(error)) return undefined;
        throw error;
      });
      if (!own) return { id, name: String(id), board: project };
      const answer = await getSprint(client, { sprintId: id }).catch((error: unknown) => {
        if (error instanceof Failure && ['invalid_input', 'not_found', 'forbidden'].includes(error.code))
          return undefined;
        throw error;
      });
      const sprint = answer && parseAnswer(sprintSchema, answer);
      const board = own.find(each => each.id === sprint?.originBoardId);
      return sprint && board && { id, name: sprint.name, board: board.name };
    },

    async closedSprints(ids) {
      const read = await Promise.all(
        [...new Set(ids)].map(async id => {
          const answer = await getSprint(client, { sprintId: id }).catch((error: unknown) => {
            if (error instanceof Failure && !error.retryable) return undefined;
            throw error;
          });
          return answer && parseAnswer(sprintSchema, answer).state === 'closed' ? [id] : [];
        }),
      );
      return new Set(read.flat());
    },

    async teams(project, { id }, name) {
      const suggested = await suggestedTeams(id, name);
      if (suggested.some(team => folded(team.name) === folded(name))) return suggested;
      const answer = await searchAndReconsileIssuesUsingJqlPost(client, {
        jql: `project = "${project}" AND ${clauseOf(id)} IS NOT EMPTY ORDER BY updated DESC`,
        fields: [id],
        maxResults: MAX_ISSUES,
      });
      const teams = readIssues(answer).issues.flatMap(({ values }) => teamSchema.safeParse(values[id]).data ?? []);
      const used = teams.map(({ id, name, title }) => ({ id, name: name ?? title ?? id }));
      return [...new Map([...suggested, ...used].map(team => [team.id, team])).values()];
    },

    async estimationFields(project) {
      try {
        const configurations = await Promise.all((await boards.withSprints(project)).map(boards.configuration));
        return new Set(configurations.flatMap(({ estimation }) => estimation?.field?.fieldId ?? []));
      } catch (error) {
        if (error instanceof Failure) return new Set();
        throw error;
      }
    },
  };
}

/** A sprint that was open when a plan was made is not to be filled after it was closed. */
export const closedMeanwhile = `Its sprint was closed since the plan was made, so it was left alone. ${planAnew}`;

/** The ID of the sprint that fields put an issue into, where it is one that is open. */
export async function openSprintIn(
  fields: Readonly<Record<string, unknown>>,
  { screen, project, planning }: { screen: readonly IssueField[]; project: string; planning: Planning },
): Promise<number | undefined> {
  const field = screen.find(({ schema }) => schema.custom?.endsWith(':gh-sprint'));
  const id = field && fields[field.id];
  if (typeof id !== 'number') return undefined;
  const sprints = await planning.sprints(project).catch(() => []);
  return sprints.some(sprint => sprint.id === id) ? id : undefined;
}

/** Sprints, teams and estimates of a project, which many issues may name, asked for once. */
export function askedOnce(planning: Planning): Planning {
  const answers = new Map<string, Promise<unknown>>();
  const once = <Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const answer = (answers.get(key) as Promise<Answer> | undefined) ?? ask();
    answers.set(key, answer);
    return answer;
  };
  return {
    sprints: project => once(`sprints ${project}`, () => planning.sprints(project)),
    sprint: (project, id) => once(`sprint ${project} ${id}`, () => planning.sprint(project, id)),
    closedSprints: planning.closedSprints,
    teams: (project, field, name) =>
      once(JSON.stringify(['teams', project, field.id, name]), () => planning.teams(project, field, name)),
    estimationFields: project => once(`estimates ${project}`, () => planning.estimationFields(project)),
  };
}

/** A custom field's name in a query: `customfield_10001` is `cf[10001]`. */
const clauseOf = (fieldId: string) => fieldId.replace(/^customfield_(\d+)$/, 'cf[$1]');

const isUnreadable = (error: unknown) =>
  error instanceof Failure && ['forbidden', 'not_found', 'upstream_auth_failed'].includes(error.code);

function unreadable(error: unknown): never {
  if (!isUnreadable(error)) throw error;
  const message =
    'The boards of the project cannot be read here, so a sprint is given by its ID, such as {"Sprint": 12}.';
  throw invalidInput([{ field: 'additionalFields', message }]);
}

/** A board may have none in use. */
function withoutSprints(error: unknown): [] {
  if (error instanceof Failure && error.code === 'not_found') return [];
  throw error;
}
