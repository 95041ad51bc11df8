import { fieldById } from '../fields.ts';
import { badRequest, notFound } from '../jiraError.ts';
import type { Board, Sprint } from '../model.ts';
import { showSprint } from '../represent.ts';
import { type Call, integer, list, type Route, route } from '../router.ts';
import { findProject, type Site } from '../site.ts';

/** Below `/rest/agile/1.0`: https://developer.atlassian.com/cloud/jira/software/rest/api-group-board/ */
export const boardRoutes: Route[] = [
  route('GET', 'board', call => {
    const key = call.query.get('projectKeyOrId');
    const project = key === null ? undefined : findProject(call.site, key);
    if (key !== null && !project) throw badRequest(`No project could be found with key or id '${key}'.`);
    const name = call.query.get('name')?.toLowerCase() ?? '';
    const types = list(call.query.getAll('type'));
    const boards = call.site.boards.filter(
      board =>
        (!project || board.projectIds.includes(project.id)) &&
        board.name.toLowerCase().includes(name) &&
        (types.length === 0 || types.includes(board.type)),
    );
    return {
      json: slice(
        call,
        boards.map(board => showBoard(call, board)),
      ),
    };
  }),
  route('GET', 'board/{boardId}', call => ({ json: showBoard(call, boardInPath(call)) })),
  route('GET', 'board/{boardId}/configuration', call => ({ json: showConfiguration(call, boardInPath(call)) })),
  route('GET', 'board/{boardId}/sprint', call => {
    const board = boardInPath(call);
    if (board.type === 'kanban') throw badRequest('The board does not support sprints');
    const states = list(call.query.getAll('state'));
    const sprints = sprintsOf(call.site, board).filter(({ state }) => states.length === 0 || states.includes(state));
    return {
      json: slice(
        call,
        sprints.map(sprint => showSprint(call, sprint)),
      ),
    };
  }),
];

const stateOrder: readonly Sprint['state'][] = ['closed', 'active', 'future'];

/** By their states, and those of one state in the order of the board. */
function sprintsOf(site: Site, board: Board): Sprint[] {
  const sprints = board.sprintIds.flatMap(id => site.sprints.find(each => each.id === id) ?? []);
  return stateOrder.flatMap(state => sprints.filter(sprint => sprint.state === state));
}

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

function showConfiguration({ site, base }: Call, { id, name, type, projectId, columns, estimation }: Board) {
  const project = site.projects.find(each => each.id === projectId);
  return {
    id: Number(id),
    name,
    type,
    self: `${base}/rest/agile/1.0/board/${id}/configuration`,
    location: { type: 'project', projectKeyOrId: project?.key },
    filter: { id: String(10_000 + Number(id)), self: `${base}/rest/api/2/filter/${10_000 + Number(id)}` },
    columnConfig: {
      columns: columns.map(({ name: column, statusIds }) => ({
        name: column,
        statuses: statusIds.map(status => ({ id: status, self: `${base}/rest/api/2/status/${status}` })),
      })),
      constraintType: 'none',
    },
    ...(type !== 'kanban' && { estimation: showEstimation(site, estimation) }),
  };
}

function showEstimation(site: Site, estimation: string) {
  if (estimation === 'issueCount' || estimation === 'none') return { type: estimation };
  const displayName = fieldById(site, estimation)?.name ?? 'Original Time Estimate';
  return { type: 'field', field: { fieldId: estimation, displayName } };
}

function slice(call: Call, all: unknown[]) {
  const startAt = integer(call, 'startAt', 0);
  const maxResults = integer(call, 'maxResults', 50, 50);
  const values = all.slice(startAt, startAt + maxResults);
  return { maxResults, startAt, total: all.length, isLast: startAt + values.length >= all.length, values };
}
