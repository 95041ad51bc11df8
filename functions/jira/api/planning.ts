import { getAllBoards, getAllSprints, getConfiguration, getSprint } from 'jira.js/agile';
import { getFieldAutoCompleteForQueryString, searchAndReconsileIssuesUsingJqlPost } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { folded } from '../../../shared/filter/label.ts';
import { readIssues } from './issue.ts';
import { parseAnswer } from './parseAnswer.ts';
import {
  type Board,
  boardConfigurationSchema,
  boardsSchema,
  type IssueField,
  sprintSchema,
  sprintsSchema,
  suggestionsSchema,
  teamSchema,
} from './wire.ts';

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
  /**
   * Teams that a search by the field suggests for a name; where that suggests none of that name, those that issues of the project
   * have in the field: Jira has no list of all teams that its own API would give. @throws Failure
   */
  teams(project: string, field: IssueField, name: string): Promise<{ id: string; name: string }[]>;
  /** The IDs of the fields that the project's boards estimate by; none where they cannot be read. */
  estimationFields(project: string): Promise<Set<string>>;
}

/** The most that Jira gives at once. */
const PAGE_SIZE = 50;
/** Ends the reading of a list that does not end. */
const MAX_PAGES = 4;
const MAX_ISSUES = 100;

export function openPlanning(client: Client): Planning {
  const boardsOf = async (project: string): Promise<Board[]> => {
    const boards = await allPages(async startAt => {
      const answer = await getAllBoards(client, { projectKeyOrId: project, startAt, maxResults: PAGE_SIZE });
      return parseAnswer(boardsSchema, answer);
    });
    return boards.filter(({ type }) => type !== 'kanban');
  };

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
      const boards = await boardsOf(project).catch(unreadable);
      const lists = await Promise.all(
        boards.map(async ({ id: boardId, name: board }) => {
          const sprints = await allPages(async startAt => {
            const page = { boardId, state: 'active,future', startAt, maxResults: PAGE_SIZE };
            return parseAnswer(sprintsSchema, await getAllSprints(client, page).catch(withoutSprints));
          });
          return sprints.map(({ id, name }): Sprint => ({ id, name, board }));
        }),
      );
      // Several boards may show one sprint.
      return [...new Map(lists.flat().map(sprint => [sprint.id, sprint])).values()];
    },

    async sprint(project, id) {
      const boards = await boardsOf(project).catch(error => {
        if (isUnreadable(error)) return undefined;
        throw error;
      });
      if (!boards) return { id, name: String(id), board: project };
      const answer = await getSprint(client, { sprintId: id }).catch((error: unknown) => {
        if (error instanceof Failure && ['invalid_input', 'not_found', 'forbidden'].includes(error.code))
          return undefined;
        throw error;
      });
      const sprint = answer && parseAnswer(sprintSchema, answer);
      const board = boards.find(each => each.id === sprint?.originBoardId);
      return sprint && board && { id, name: sprint.name, board: board.name };
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
        const boards = await boardsOf(project);
        const fields = await Promise.all(
          boards.map(async ({ id }) => {
            const answer = parseAnswer(boardConfigurationSchema, await getConfiguration(client, { boardId: id }));
            return answer.estimation?.field?.fieldId ?? [];
          }),
        );
        return new Set(fields.flat());
      } catch (error) {
        if (error instanceof Failure) return new Set();
        throw error;
      }
    },
  };
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
    teams: (project, field, name) =>
      once(JSON.stringify(['teams', project, field.id, name]), () => planning.teams(project, field, name)),
    estimationFields: project => once(`estimates ${project}`, () => planning.estimationFields(project)),
  };
}

async function allPages<Item>(
  load: (startAt: number) => Promise<{ values: Item[]; isLast?: boolean | null | undefined }>,
): Promise<Item[]> {
  const all: Item[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    // A policy may leave out some of a page, so that their number does not tell where the next one begins.
    const { values, isLast } = await load(page * PAGE_SIZE);
    all.push(...values);
    if (isLast !== false) break;
  }
  return all;
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

/** What a board answers that has no sprints. */
function withoutSprints(error: unknown): unknown {
  if (error instanceof Failure && error.code === 'invalid_input') return { values: [] };
  throw error;
}
