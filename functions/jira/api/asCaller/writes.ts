import * as z from 'zod';
import { Failure } from '../../../../shared/failure.ts';
import { quoted } from '../../../../shared/text.ts';
import { type Guard, ifNone } from './guard.ts';
import { isRestricted, notChecked, permissionsForFields, requireAllowed, requireSprint } from './mustBeAllowed.ts';
import { agileRule, bodyOf, type Exchange, issueName, ofIssue, type Rule, rule } from './rule.ts';
import { type ShownIssue, shownIssues } from './shownIssues.ts';

/**
 * Changes of issues and of what hangs on them: each is made where Jira would let the account of the caller make it, by the
 * permissions that its documentation names. What Jira tells of no other account is refused: conditions of a workflow, texts for
 * a role or a group, and what somebody may do with what is their own, since the service's account writes it all.
 */
export const writes: readonly Rule[] = [
  rule('PUT', `/issue/${issueName}`, async (exchange, guard) => {
    const { options } = exchange;
    if (bodyOf(options).transition !== undefined) throw notChecked('move an issue by an edit');
    const fields = await permissionsForFields(options.body, guard);
    const answer = await onIssue(exchange, ['EDIT_ISSUES', ...fields], guard);
    // It may be the updated issue, with what is beside it.
    if (!changedIssue.safeParse(answer).success) return answer;
    // Whatever goes wrong now, the change is made; who is given no answer reads the issue anew.
    const [issue] = await shownIssues([answer], guard).catch((): ShownIssue[] => []);
    return issue;
  }),
  rule('PUT', `/issue/${issueName}/assignee`, (exchange, guard) => onIssue(exchange, ['ASSIGN_ISSUES'], guard)),
  rule('POST', `/issue/${issueName}/transitions`, async (exchange, guard) => {
    const { options, parts } = exchange;
    const { transition } = transitionRequest.parse(options.body);
    const fields = await permissionsForFields({ ...bodyOf(options), transition: undefined }, guard);
    const { key } = await requireAllowed(parts[0] ?? '', ['TRANSITION_ISSUES', ...fields], guard);
    await requireUnconditional(key, transition.id, guard);
    return exchange.send(ofIssue(options, key));
  }),
  rule('POST', `/issue/${issueName}/comment`, (exchange, guard) => {
    requireUnrestricted(exchange);
    return written(onIssue(exchange, ['ADD_COMMENTS'], guard), guard);
  }),
  // Jira has a comment that was asked for here for the service's account: to the person's own account it is somebody else's.
  rule('PUT', `/issue/${issueName}/comment/(\\d+)`, async (exchange, guard) => {
    await requireOpenComment(exchange, guard);
    return onIssue(exchange, ['EDIT_ALL_COMMENTS'], guard);
  }),
  rule('DELETE', `/issue/${issueName}/comment/(\\d+)`, async (exchange, guard) => {
    await requireOpenComment(exchange, guard);
    return onIssue(exchange, ['DELETE_ALL_COMMENTS'], guard);
  }),
  rule('PUT', '/comment/(\\d+)/properties/[\\w-]+', ({ options, parts: [id = ''], send }, guard) => {
    // It says of a comment that was just written who asked for it.
    if (!commentsOf(guard).has(id)) throw notChecked('change what apps keep with a comment');
    return send(options);
  }),
  rule('POST', `/issue/${issueName}/worklog`, (exchange, guard) => {
    requireUnrestricted(exchange);
    return onIssue(exchange, ['WORK_ON_ISSUES'], guard);
  }),
  rule('POST', `/issue/${issueName}/attachments`, (exchange, guard) =>
    onIssue(exchange, ['CREATE_ATTACHMENTS'], guard),
  ),
  rule('POST', `/issue/${issueName}/remotelink`, (exchange, guard) => onIssue(exchange, ['LINK_ISSUES'], guard)),
  rule('POST', `/issue/${issueName}/watchers`, (exchange, guard) =>
    onIssue(exchange, exchange.options.body === guard.accountId ? [] : ['MANAGE_WATCHERS'], guard),
  ),
  rule('DELETE', `/issue/${issueName}/watchers`, (exchange, guard) =>
    onIssue(exchange, exchange.options.searchParams?.accountId === guard.accountId ? [] : ['MANAGE_WATCHERS'], guard),
  ),
  rule('POST', '/issueLink', async ({ options, send }, guard) => {
    const { inwardIssue, outwardIssue, comment } = linkRequest.parse(options.body);
    if (comment != null) throw notChecked('comment on a link');
    const keys = await Promise.all(
      [inwardIssue, outwardIssue].map(async ({ key, id }) => {
        const issue = await requireAllowed(key ?? id ?? '', ['LINK_ISSUES'], guard);
        return issue.key;
      }),
    );
    return send({
      ...options,
      body: { ...bodyOf(options), inwardIssue: { key: keys[0] }, outwardIssue: { key: keys[1] } },
    });
  }),
  rule('POST', '/issue', async ({ options, send }, guard) => {
    await requireNew([options.body], guard);
    return send(options);
  }),
  rule('POST', '/issue/bulk', async ({ options, send }, guard) => {
    await requireNew(newIssues.parse(options.body).issueUpdates, guard);
    return send(options);
  }),
  rule('POST', '/version', async ({ options, send }, guard) => {
    const { projectId } = versionSchema.parse(options.body);
    await guard.requireIn('ADMINISTER_PROJECTS', await guard.requireProject(String(projectId)));
    return send(options);
  }),
  rule('PUT', '/version/(\\d+)', async ({ options, parts: [id = ''], send }, guard) => {
    const found = versionSchema.safeParse(await guard.ask(`/rest/api/3/version/${id}`).catch(ifNone)).data;
    const project = found && (await guard.requireProject(String(found.projectId)).catch(ifNone));
    if (!project) throw new Failure('not_found', `There is no version ${id} that this service may see.`);
    await guard.requireIn('ADMINISTER_PROJECTS', project);
    return send(options);
  }),
  agileRule('POST', '/sprint', async ({ options, send }, guard) => {
    await requireManaged(sprintRequest.parse(options.body).originBoardId, guard);
    return send(options);
  }),
  agileRule('POST', '/sprint/(\\d+)', async ({ options, parts: [id = ''], send }, guard) => {
    await requireManaged(await requireSprint(id, guard), guard);
    return send(options);
  }),
  agileRule('POST', '/sprint/(\\d+)/issue', async (exchange, guard) => {
    await requireSprint(exchange.parts[0], guard);
    return place(exchange, guard);
  }),
  agileRule('POST', '/backlog/issue', place),
  agileRule('PUT', '/issue/rank', place),
];

/** Sends a change of the issue in the path, by the issue's own key. */
async function onIssue({ options, parts, send }: Exchange, permissions: readonly string[], guard: Guard) {
  const { key } = await requireAllowed(parts[0] ?? '', permissions, guard);
  return send(ofIssue(options, key));
}

/**
 * Whether a condition of the workflow holds for somebody, Jira tells them alone. A transition that the service's account may
 * make need not be one that the caller may make.
 * @throws Failure `forbidden`
 */
async function requireUnconditional(issueKey: string, transitionId: string, guard: Guard): Promise<void> {
  const answer = await guard.ask(`/rest/api/3/issue/${issueKey}/transitions`);
  const found = transitionsAnswer.parse(answer).transitions.find(({ id }) => id === transitionId);
  // Of one that there is not, Jira says so.
  if (!found || found.isConditional === false) return;
  throw new Failure(
    'forbidden',
    `The workflow has conditions for ${quoted(found.name ?? transitionId)}, such as who may make that transition, and Jira does not tell whether they hold for the user. Nothing was changed. Say so to the user, who can move ${issueKey} in Jira itself; trying again will not help.`,
  );
}

/** The roles and groups of somebody else's account are not known. */
function requireUnrestricted({ options }: Exchange): void {
  if (isRestricted(options.body)) throw notChecked('restrict it to a role or a group');
}

/** @throws Failure `not_found` for a comment that is restricted, as for one that there is not */
async function requireOpenComment({ parts: [name = '', id = ''] }: Exchange, guard: Guard): Promise<void> {
  const { key } = await guard.requireIssue(name);
  const answer = await guard.ask(`/rest/api/3/issue/${key}/comment/${id}`).catch(ifNone);
  if (answer !== undefined && !isRestricted(answer)) return;
  throw new Failure(
    'not_found',
    `${key} has no comment ${id} that may be shown. listComments tells those that are there.`,
  );
}

const commentsByCall = new WeakMap<Guard['memory'], Set<string>>();

/** The comments that were written during a call. */
function commentsOf({ memory }: Guard): Set<string> {
  const comments = commentsByCall.get(memory) ?? new Set();
  commentsByCall.set(memory, comments);
  return comments;
}

/** Takes note of a comment that is written. */
export async function written(writing: Promise<unknown>, guard: Guard): Promise<unknown> {
  const answer = await writing;
  const { id, comment } = writtenComment.safeParse(answer).data ?? {};
  for (const each of [id, comment?.id]) if (each != null) commentsOf(guard).add(each);
  return answer;
}

/** @throws Failure unless the account may create each of the issues where it is to be */
async function requireNew(issues: readonly unknown[], guard: Guard): Promise<void> {
  const wanted = new Map<string, Set<string>>();
  for (const issue of issues) {
    if (newIssue.parse(issue).transition !== undefined) throw notChecked('move a new issue');
    const { key, id } = newIssue.parse(issue).fields.project;
    const permissions = wanted.get(key ?? id ?? '') ?? new Set(['CREATE_ISSUES']);
    for (const permission of await permissionsForFields(issue, guard, { isNew: true })) permissions.add(permission);
    wanted.set(key ?? id ?? '', permissions);
  }
  for (const [name, permissions] of wanted) {
    const project = await guard.requireProject(name);
    if (project.isAsCustomer) throw notAgent(project.key);
    await Promise.all([...permissions].map(permission => guard.requireIn(permission, project)));
  }
}

function notAgent(projectKey: string): Failure {
  return new Failure(
    'forbidden',
    `${projectKey} is a service project where the user is a customer and no agent. Customers ask for something there by createRequest; nothing was created.`,
  );
}

/** A board shows issues of projects, and who manages its sprints manages theirs. */
async function requireManaged(boardId: number | undefined, guard: Guard): Promise<void> {
  const answer = await guard.ask(`/rest/agile/1.0/board/${boardId}/project`, { maxResults: 100 }).catch(ifNone);
  const { values, isLast } = boardProjects.parse(answer ?? { values: [] });
  if (values.length === 0 || isLast === false) throw notChecked('manage the sprints of this board');
  const projects = await Promise.all(
    values.map(async ({ id, key }) => {
      const isShown = await guard.isShownProject(key);
      return isShown ? { id, key } : undefined;
    }),
  );
  // Which other projects there are is not told.
  if (projects.includes(undefined))
    throw notChecked('manage the sprints of this board, which shows issues of other projects');
  await Promise.all(projects.map(project => project && guard.requireIn('MANAGE_SPRINTS_PERMISSION', project)));
}

/** Puts issues into a sprint, the backlog or another order. */
async function place({ options, send }: Exchange, guard: Guard): Promise<unknown> {
  const { issues, rankBeforeIssue, rankAfterIssue, ...others } = placeRequest.parse(options.body);
  const keyOf = async (name: string | undefined) => name && (await guard.requireIssue(name)).key;
  const [keys, before, after] = await Promise.all([
    Promise.all(issues.map(async name => (await requireAllowed(name, ['SCHEDULE_ISSUES', 'EDIT_ISSUES'], guard)).key)),
    keyOf(rankBeforeIssue),
    keyOf(rankAfterIssue),
  ]);
  return send({
    ...options,
    body: {
      ...others,
      issues: keys,
      ...(before && { rankBeforeIssue: before }),
      ...(after && { rankAfterIssue: after }),
    },
  });
}

const text = z.string().nullish().catch(undefined);
const changedIssue = z.looseObject({ id: z.string(), key: z.string() });
const transitionRequest = z.looseObject({ transition: z.looseObject({ id: z.string() }) });
const transitionsAnswer = z.looseObject({
  transitions: z.array(z.looseObject({ id: z.string(), name: text, isConditional: z.boolean().nullish() })),
});
const named = z.looseObject({ key: z.string().nullish(), id: z.string().nullish() });
const linkRequest = z.looseObject({ inwardIssue: named, outwardIssue: named, comment: z.unknown().optional() });
const newIssue = z.looseObject({ fields: z.looseObject({ project: named }), transition: z.unknown().optional() });
const newIssues = z.looseObject({ issueUpdates: z.array(z.unknown()) });
const versionSchema = z.looseObject({ projectId: z.union([z.number(), z.string()]) });
const sprintRequest = z.looseObject({ originBoardId: z.number() });
const boardProjects = z.looseObject({
  values: z.array(z.looseObject({ id: z.string(), key: z.string() })),
  isLast: z.boolean().nullish(),
});
const placeRequest = z.looseObject({
  issues: z.array(z.string()),
  rankBeforeIssue: z.string().optional(),
  rankAfterIssue: z.string().optional(),
});
const writtenComment = z.looseObject({ id: text, comment: z.looseObject({ id: text }).nullish().catch(undefined) });
