import { badRequest, notFound } from '../jiraError.ts';
import type { Board } from '../model.ts';
import { showSprint } from '../represent.ts';
import { type Call, integer, list, type Route, route } from '../router.ts';
import { findProject } from '../site.ts';

/** Below `/rest/agile/1.0`: https://developer.atlassian.com/cloud/jira/software/rest/api-group-board/ */
export const boardRoutes: Route[] = [
  route('GET', 'board', call => {
    const key = call.query.get('projectKeyOrId');
    const project = key === null ? undefined : findProject(call.site, key);
    if (key !== null && !project) throw badRequest(`No project could be found with key or id '${key}'.`);
    const boards = call.site.boards.filter(({ projectId }) => !project || projectId === project.id);
    return {
      json: slice(
        call,
        boards.map(board => showBoard(call, board)),
      ),
    };
  }),
  route('GET', 'board/{boardId}', call => ({ json: showBoard(call, boardInPath(call)) })),
  route('GET', 'board/{boardId}/configuration', call => {
    const { id, name, type } = boardInPath(call);
    const estimate = call.site.fields.find(field => field.name === 'Story Points');
    return {
      json: {
        id: Number(id),
        name,
        type,
        ...(type !== 'kanban' &&
          estimate && {
            estimation: { type: 'field', field: { fieldId: estimate.id, displayName: estimate.name } },
          }),
      },
    };
  }),
  route('GET', 'board/{boardId}/sprint', call => {
    const board = boardInPath(call);
    if (board.type === 'kanban') throw badRequest('The board does not support sprints');
    const states = list(call.query.getAll('state'));
    const sprints = call.site.sprints.filter(
      ({ id, state }) => board.sprintIds.includes(id) && (states.length === 0 || states.includes(state)),
    );
    return {
      json: slice(
        call,
        sprints.map(sprint => ({ ...showSprint(sprint), originBoardId: Number(board.id) })),
      ),
    };
  }),
];

function boardInPath({ site, params }: Call): Board {
  const board = site.boards.find(({ id }) => id === params.boardId);
  if (!board)
    throw notFound(
      'The requested board cannot be viewed because it either does not exist or you do not have permission to view it.',
    );
  return board;
}

function showBoard({ site, base }: Call, { id, name, type, projectId }: Board) {
  const project = site.projects.find(each => each.id === projectId);
  return {
    id: Number(id),
    self: `${base}/rest/agile/1.0/board/${id}`,
    name,
    type,
    location: {
      projectId: Number(projectId),
      projectKey: project?.key,
      projectName: project?.name,
      displayName: project?.name,
    },
  };
}

function slice(call: Call, all: unknown[]) {
  const startAt = integer(call, 'startAt', 0);
  const maxResults = integer(call, 'maxResults', 50, 50);
  const values = all.slice(startAt, startAt + maxResults);
  return { maxResults, startAt, total: all.length, isLast: startAt + values.length >= all.length, values };
}
