import * as z from 'zod';
import type { SandboxReply } from '../../../../shared/sandbox/sandboxServer.ts';
import { editIssue } from '../changes.ts';
import { badRequest, JiraError, notFound } from '../jiraError.ts';
import type { Board, Issue, Sprint } from '../model.ts';
import { showProjectReference, showSprint } from '../represent.ts';
import { act, type Call, may, mayIn, parseBody, type Route, route } from '../router.ts';
import { findIssue, rankOf, type Site, typeOf } from '../site.ts';

/**
 * What changes sprints, the backlog and its order, below `/rest/agile/1.0`:
 * https://developer.atlassian.com/cloud/jira/software/rest/api-group-sprint/
 */
export const planningRoutes: Route[] = [
  route('POST', 'sprint', createSprint),
  route('POST', 'sprint/{sprintId}', updateSprint),
  route('POST', 'sprint/{sprintId}/issue', moveToSprint),
  route('POST', 'backlog/issue', moveToBacklog),
  route('PUT', 'issue/rank', rankIssues),
  route('GET', 'board/{boardId}/project', call => {
    const { projectIds } = boardCalled(call.site, call.params.boardId);
    const values = call.site.projects
      .filter(({ id }) => projectIds.includes(id))
      .map(project => showProjectReference(call, project));
    return { json: { maxResults: 50, startAt: 0, total: values.length, isLast: true, values } };
  }),
];

/** Who manages sprints does so in each project whose issues the board shows. @throws {JiraError} 403 */
function requireManager(call: Call, { projectIds }: Board): void {
  const projects = call.whole.projects.filter(({ id }) => projectIds.includes(id));
  if (projects.every(project => mayIn(call, 'MANAGE_SPRINTS_PERMISSION', project))) return;
  throw new JiraError(403, 'You do not have permission to manage the sprints of this board.');
}

const MAX_MOVED = 50;
const MAX_NAME = 30;

const written = z.strictObject({
  name: z.string().optional(),
  startDate: z.iso.datetime({ offset: true }).optional(),
  endDate: z.iso.datetime({ offset: true }).optional(),
  goal: z.string().optional(),
});
const createBody = written.extend({ originBoardId: z.int() });
const updateBody = written.extend({ state: z.string().optional(), id: z.int().optional() });

function createSprint(call: Call): SandboxReply {
  const { site } = call;
  const { originBoardId, ...body } = parseBody(call, createBody);
  const board = boardCalled(site, String(originBoardId));
  requireManager(call, board);
  if (board.type === 'kanban') throw badRequest('The board does not support sprints');
  const sprint: Sprint = {
    id: site.nextId(),
    name: checkedName(body.name ?? ''),
    state: 'future',
    ...checkedDates(body, { start: undefined, end: undefined }),
    completed: undefined,
    goal: body.goal,
    boardId: board.id,
  };
  call.whole.sprints.push(sprint);
  board.sprintIds.push(sprint.id);
  return { status: 201, json: showSprint(call, sprint) };
}

function updateSprint(call: Call): SandboxReply {
  const { site } = call;
  const sprint = sprintInPath(call);
  for (const board of call.whole.boards.filter(({ sprintIds }) => sprintIds.includes(sprint.id))) {
    requireManager(call, board);
  }
  const { state, name, goal, ...days } = parseBody(call, updateBody);
  const dates = checkedDates(days, sprint);
  const newName = name === undefined ? sprint.name : checkedName(name);
  if (state !== undefined && state !== sprint.state) {
    if (state === 'active' && sprint.state === 'future') checkStart(call.whole, sprint, dates);
    else if (state !== 'closed' || sprint.state !== 'active') {
      throw badRequest(`Sprint cannot be changed from the state '${sprint.state}' to '${state}'.`);
    }
  }
  // Of a closed sprint only the name and the goal can be changed; anything else is ignored.
  if (sprint.state !== 'closed') Object.assign(sprint, dates);
  sprint.name = newName;
  if (goal !== undefined) sprint.goal = goal === '' ? undefined : goal;
  if (state === 'active') sprint.state = state;
  if (state === 'closed' && sprint.state !== 'closed') {
    sprint.state = state;
    sprint.completed = site.now();
  }
  return { json: showSprint(call, sprint) };
}

function checkedName(given: string): string {
  const name = given.trim();
  if (name === '') throw badRequest('Sprint name is required.');
  if (name.length > MAX_NAME) throw badRequest(`Sprint name must be shorter than ${MAX_NAME} characters.`);
  return name;
}

type Dates = Pick<Sprint, 'start' | 'end'>;

/** @throws {JiraError} 400 where the sprint would end before it starts */
function checkedDates(given: { startDate?: string | undefined; endDate?: string | undefined }, before: Dates): Dates {
  const start = given.startDate === undefined ? before.start : Date.parse(given.startDate);
  const end = given.endDate === undefined ? before.end : Date.parse(given.endDate);
  if (start !== undefined && end !== undefined && start >= end) {
    throw badRequest('The start date of a sprint must be before the end date.');
  }
  return { start, end };
}

function checkStart(site: Site, sprint: Sprint, { start, end }: Dates): void {
  if (start === undefined || end === undefined) {
    throw badRequest('To start a sprint, a start date and an end date must be set.');
  }
  const boards = site.boards.filter(({ sprintIds }) => sprintIds.includes(sprint.id));
  const isActive = (id: string) => site.sprints.some(each => each.id === id && each.state === 'active');
  if (boards.some(({ sprintIds }) => sprintIds.some(isActive))) {
    throw badRequest('Cannot start the sprint because there is an active sprint on the board already.');
  }
}

const movedBody = z.strictObject({
  issues: z.array(z.string()).min(1),
  rankBeforeIssue: z.string().optional(),
  rankAfterIssue: z.string().optional(),
  rankCustomFieldId: z.int().optional(),
});

function moveToSprint(call: Call): SandboxReply {
  const sprint = sprintInPath(call);
  if (sprint.state === 'closed') throw badRequest('Issues can only be moved to open or active sprints.');
  move(call, parseBody(call, movedBody).issues, [sprint.id]);
  return { status: 204 };
}

function moveToBacklog(call: Call): SandboxReply {
  move(call, parseBody(call, movedBody).issues, []);
  return { status: 204 };
}

/** All of the issues, or none. What they were in and was closed stays in their field. */
function move(call: Call, idsOrKeys: readonly string[], to: readonly string[]): void {
  const { site } = call;
  const field = site.fields.find(({ kind }) => kind === 'sprint');
  if (!field) throw badRequest('The Sprint field is not available.');
  const issues = issuesCalled(call, idsOrKeys, ['SCHEDULE_ISSUES', 'EDIT_ISSUES']);
  for (const issue of issues) {
    if (typeOf(site, issue).level === -1) {
      throw badRequest(`Issue '${issue.key}' is a sub-task, and sub-tasks cannot be moved to another sprint.`);
    }
  }
  const isClosed = (id: string) => site.sprints.some(each => each.id === id && each.state === 'closed');
  for (const issue of issues) {
    const kept = [issue.values[field.id] ?? []].flat().map(String).filter(isClosed);
    const ids = [...kept, ...to];
    editIssue(call.whole, issue, { [field.id]: ids.length > 0 ? ids : null }, act(call));
  }
}

function issuesCalled(call: Call, idsOrKeys: readonly string[], permissions: readonly string[]): Issue[] {
  const { site } = call;
  if (idsOrKeys.length > MAX_MOVED) {
    throw badRequest(`The maximum number of issues that can be processed at once is ${MAX_MOVED}.`);
  }
  const issues = idsOrKeys.map(idOrKey => {
    const issue = findIssue(site, idOrKey);
    if (!issue) throw badRequest(`Issue '${idOrKey}' does not exist or you do not have permission to see it.`);
    return issue;
  });
  const frozen = issues.find(issue => issue.frozen || !permissions.every(each => may(call, each, issue)));
  if (frozen) throw new JiraError(403, `You do not have permission to schedule issue '${frozen.key}'.`);
  return issues;
}

function rankIssues(call: Call): SandboxReply {
  const { site } = call;
  const body = parseBody(call, movedBody);
  const issues = issuesCalled(call, body.issues, ['SCHEDULE_ISSUES']);
  const isBefore = body.rankBeforeIssue !== undefined;
  if (isBefore === (body.rankAfterIssue !== undefined)) {
    throw badRequest('Exactly one of rankBeforeIssue and rankAfterIssue must be given.');
  }
  const at = findIssue(site, body.rankBeforeIssue ?? body.rankAfterIssue ?? '');
  if (!at || issues.includes(at)) throw badRequest('The issue to rank by does not exist, or is ranked itself.');
  const others = call.whole.issues
    .filter(issue => !issues.includes(issue))
    .sort((one, other) => rankOf(one) - rankOf(other));
  const place = others.indexOf(at) + (isBefore ? 0 : 1);
  const next = others[place];
  const previous = others[place - 1];
  const low = previous ? rankOf(previous) : (next ? rankOf(next) : 0) - 1;
  const high = next ? rankOf(next) : low + 1;
  for (const [index, issue] of issues.entries()) {
    issue.rank = low + ((high - low) * (index + 1)) / (issues.length + 1);
  }
  return { status: 204 };
}

function boardCalled(site: Site, boardId: string | undefined): Board {
  const board = site.boards.find(({ id }) => id === boardId);
  if (board) return board;
  throw notFound('Board does not exist or you do not have permission to view it.');
}

function sprintInPath({ site, params }: Call): Sprint {
  const sprint = site.sprints.find(({ id }) => id === params.sprintId);
  if (!sprint) throw notFound('Sprint does not exist or you do not have permission to view it.');
  return sprint;
}
