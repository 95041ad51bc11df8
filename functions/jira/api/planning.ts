import { getAllBoards, getAllSprints } from 'jira.js/agile';
import { searchAndReconsileIssuesUsingJqlPost } from 'jira.js/cloud';
import type { Client } from 'jira.js/core';
import { Failure, invalidInput } from '../../../shared/failure.ts';
import { readIssues } from './issue.ts';
import { parseAnswer } from './parseAnswer.ts';
import { boardsSchema, type IssueField, sprintsSchema, teamSchema } from './wire.ts';

export interface Sprint {
  id: number;
  name: string;
  /** The name of the board that has it. */
  board: string;
}

/** The sprints and teams of a project, which Jira takes by their IDs alone. */
export interface Planning {
  /** Those that are not closed, of every board of the project, by key or ID. @throws Failure */
  sprints(project: string): Promise<Sprint[]>;
  /** Those that issues of the project have in the field: Jira has no list of teams that its own API would give. @throws Failure */
  teams(project: string, field: IssueField): Promise<{ id: string; name: string }[]>;
}

const MAX_BOARDS = 10;
const MAX_ISSUES = 100;

export function openPlanning(client: Client): Planning {
  return {
    async sprints(project) {
      const answer = await getAllBoards(client, { projectKeyOrId: project, maxResults: MAX_BOARDS }).catch(unreadable);
      const boards = parseAnswer(boardsSchema, answer).values.filter(({ type }) => type !== 'kanban');
      const lists = await Promise.all(
        boards.map(async ({ id, name: board }) => {
          const answer = await getAllSprints(client, { boardId: id, state: 'active,future' }).catch(withoutSprints);
          return parseAnswer(sprintsSchema, answer).values.map(({ id, name }): Sprint => ({ id, name, board }));
        }),
      );
      // Several boards may show one sprint.
      return [...new Map(lists.flat().map(sprint => [sprint.id, sprint])).values()];
    },

    async teams(project, { id }) {
      const answer = await searchAndReconsileIssuesUsingJqlPost(client, {
        jql: `project = "${project}" AND ${clauseOf(id)} IS NOT EMPTY ORDER BY updated DESC`,
        fields: [id],
        maxResults: MAX_ISSUES,
      });
      const teams = readIssues(answer).issues.flatMap(({ values }) => teamSchema.safeParse(values[id]).data ?? []);
      return [...new Map(teams.map(({ id, name, title }) => [id, { id, name: name ?? title ?? id }])).values()];
    },
  };
}

/** A custom field's name in a query: `customfield_10001` is `cf[10001]`. */
const clauseOf = (fieldId: string) => fieldId.replace(/^customfield_(\d+)$/, 'cf[$1]');

function unreadable(error: unknown): never {
  if (!(error instanceof Failure) || !['forbidden', 'not_found', 'upstream_auth_failed'].includes(error.code))
    throw error;
  const message =
    'The boards of the project cannot be read here, so a sprint is given by its ID, such as {"Sprint": 12}.';
  throw invalidInput([{ field: 'additionalFields', message }]);
}

/** What a board answers that has no sprints. */
function withoutSprints(error: unknown): unknown {
  if (error instanceof Failure && error.code === 'invalid_input') return { values: [] };
  throw error;
}
