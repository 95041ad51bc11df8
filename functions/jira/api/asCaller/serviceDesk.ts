import * as z from 'zod';
import { Failure, invalidInput } from '../../../../shared/failure.ts';
import { type Guard, ifNone } from './guard.ts';
import { customersOnly, notChecked, requireAllowed } from './mustBeAllowed.ts';
import { bodyOf, type Exchange, issueName, type Options, type Rule } from './rule.ts';
import { written } from './writes.ts';

/**
 * Service desks and the requests that customers make there. Every customer of a portal may browse its project, so that alone
 * opens what a portal shows: the desk, its request types and articles, and of requests those that the account is reporter or
 * participant of, with what is public. All else is for the agents of the desk.
 */
export const serviceDesk: readonly Rule[] = [
  deskRule('GET', '', async ({ options, send }, guard) => {
    // The size would count the others as well.
    const { size: _, ...answer } = desksAnswer.parse(await send(options));
    const open = await guard.mayBrowseProjects(answer.values.map(({ projectId }) => projectId));
    return { ...answer, values: answer.values.filter(({ projectId }) => open.has(projectId)) };
  }),
  // A policy asks for the desk itself, whose project it tells.
  deskRule('GET', '/(\\d+)(?:/requesttype(?:/\\d+/field)?|/knowledgebase/article)?', async (exchange, guard) => {
    await requireDesk(exchange.parts[0], guard);
    return exchange.send(exchange.options);
  }),
  {
    method: 'GET',
    path: /^\/rest\/servicedeskapi\/knowledgebase\/article$/,
    async handle() {
      const message =
        'Say in which service project to look: those of all desks would be the articles that this service may read. listProjects tells the projects.';
      throw invalidInput([{ field: 'projectId', message }]);
    },
  },
  deskRule('GET', '/(\\d+)/queue', async (exchange, guard) => {
    await requireAgent(exchange.parts[0], guard);
    return exchange.send(exchange.options);
  }),
  deskRule('GET', '/(\\d+)/organization', async ({ options, parts, send }, guard) => {
    // A customer knows the organisations that they belong to.
    const isOwn = options.searchParams?.accountId === guard.accountId;
    await (isOwn ? requireDesk : requireAgent)(parts[0], guard);
    return send(options);
  }),
  deskRule('POST', '/(\\d+)/attachTemporaryFile', async (exchange, guard) => {
    await requireDesk(exchange.parts[0], guard);
    return exchange.send(exchange.options);
  }),
  {
    method: 'POST',
    path: /^\/rest\/servicedeskapi\/request$/,
    async handle({ options, send }, guard) {
      const { serviceDeskId, raiseOnBehalfOf, requestParticipants } = newRequest.parse(options.body);
      const project = await requireDesk(serviceDeskId, guard);
      const isOwn = raiseOnBehalfOf === undefined || raiseOnBehalfOf === guard.accountId;
      const isShared = requestParticipants?.some(accountId => accountId !== guard.accountId);
      if (project.isAsCustomer && (!isOwn || isShared)) throw agentsOnly('make requests for others, or share them');
      await guard.requireIn('CREATE_ISSUES', project);
      // Without a customer it would be the request of the account of this service.
      return send({ ...options, body: { ...bodyOf(options), raiseOnBehalfOf: raiseOnBehalfOf ?? guard.accountId } });
    },
  },
  requestRule('GET', '', async ({ options, parts: [name = ''], send }, guard) => {
    const { key, isAsCustomer } = await guard.requireIssue(name);
    const answer = await send(ofRequest(options, key));
    if (!isAsCustomer) return answer;
    const { sla: _, ...others } = anyObject.parse(answer);
    return others;
  }),
  requestRule('GET', '/(?:participant|approval)', async ({ options, parts: [name = ''], send }, guard) => {
    const { key } = await guard.requireIssue(name);
    return send(ofRequest(options, key));
  }),
  requestRule('POST', '/comment', (exchange, guard) => written(asReader(exchange, ['ADD_COMMENTS'], guard), guard)),
  requestRule('POST', '/attachment', (exchange, guard) =>
    written(
      asReader(
        exchange,
        // The service desk shows each file by a comment.
        ['CREATE_ATTACHMENTS', 'ADD_COMMENTS'],
        guard,
      ),
      guard,
    ),
  ),
  requestRule('POST', '/participant', async ({ options, parts: [name = ''], send }, guard) => {
    // For its agents they are a field of the issue.
    const { key } = await requireAllowed(name, ['EDIT_ISSUES'], guard);
    return send(ofRequest(options, key));
  }),
  requestRule('POST', '/approval/\\d+', async ({ parts: [name = ''] }, guard) => {
    const { key } = await guard.requireIssue(name);
    throw new Failure(
      'forbidden',
      `Jira takes the answer to an approval for that of the account that gives it, which is this service's and not the user's. Nothing was answered. Say so to the user, who answers the approval of ${key} in Jira.`,
    );
  }),
];

function deskRule(method: string, path: string, handle: Rule['handle']): Rule {
  return { method, path: new RegExp(`^/rest/servicedeskapi/servicedesk${path}$`), handle };
}

function requestRule(method: string, path: string, handle: Rule['handle']): Rule {
  return { method, path: new RegExp(`^/rest/servicedeskapi/request/${issueName}${path}$`), handle };
}

/** The same request, for the request with this key. */
function ofRequest(options: Options, key: string): Options {
  return { ...options, url: options.url.replace(/(\/request\/)[^/]+/, `$1${key}`) };
}

type Project = Awaited<ReturnType<Guard['requireProject']>>;

/** The project of a desk whose portal the account may use. @throws Failure `not_found` */
function requireDesk(deskId: string | undefined, guard: Guard): Promise<Project> {
  const desks = desksByCall.get(guard.memory) ?? new Map<string | undefined, Promise<Project>>();
  desksByCall.set(guard.memory, desks);
  const known = desks.get(deskId) ?? lookUpDesk(deskId, guard);
  desks.set(deskId, known);
  return known;
}

/** What was found out during one call. */
const desksByCall = new WeakMap<Guard['memory'], Map<string | undefined, Promise<Project>>>();

async function lookUpDesk(deskId: string | undefined, guard: Guard): Promise<Project> {
  const isId = deskId !== undefined && /^\d{1,15}$/.test(deskId);
  const answer = isId ? await guard.ask(`/rest/servicedeskapi/servicedesk/${deskId}`).catch(ifNone) : undefined;
  const desk = deskAnswer.safeParse(answer).data;
  const project = desk && (await guard.requireProject(desk.projectId).catch(ifNone));
  if (project) return project;
  throw new Failure('not_found', 'There is no such service desk that the user may use.');
}

/** @throws Failure `not_found`; `forbidden` for who is no agent of the desk */
async function requireAgent(deskId: string | undefined, guard: Guard): Promise<void> {
  const { isAsCustomer } = await requireDesk(deskId, guard);
  if (isAsCustomer) throw agentsOnly('see its queues and organisations');
}

function agentsOnly(what: string): Failure {
  return new Failure(
    'forbidden',
    `Only the agents of a service desk ${what}, and the user is none there. Nothing was done. Say so to the user; trying again will not help.`,
  );
}

/** Sends what an agent may write for anybody, and a customer for everybody who sees the request. */
async function asReader({ options, parts: [name = ''], send }: Exchange, permissions: readonly string[], guard: Guard) {
  const issue = await guard.requireIssue(name);
  const { public: isPublic } = writtenText.parse(options.body);
  if (issue.isAsCustomer && !isPublic) throw customersOnly(issue.key);
  if (bodyOf(options).additionalComment !== undefined) throw notChecked('comment by a file');
  await Promise.all(permissions.map(permission => guard.requireOn(permission, issue)));
  return send(ofRequest(options, issue.key));
}

const anyObject = z.looseObject({});
const deskAnswer = z.looseObject({ projectId: z.string() });
const desksAnswer = z.looseObject({ values: z.array(deskAnswer) });
const newRequest = z.looseObject({
  serviceDeskId: z.string(),
  raiseOnBehalfOf: z.string().optional(),
  requestParticipants: z.array(z.string()).optional(),
});
const writtenText = z.looseObject({ public: z.boolean().catch(false) });
