import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { createBackend } from '../shared/action/backend.ts';
import { actionHandler, failureResponse, readInvocation } from '../shared/action/http.ts';
import { toFailure } from '../shared/action/problem.ts';
import type { Quiet } from '../shared/action/quiet.ts';
import { rehearse } from '../shared/action/rehearse.ts';
import { isTurn } from '../shared/action/turn.ts';
import { refuseForeignPage } from '../shared/caller/foreignPage.ts';
import { runsLocally } from '../shared/settings/runsLocally.ts';
import { actions } from './actions.ts';
import { health as isHealthy, readiness, startReport } from './endpoints/health.ts';
import { systems } from './everySystem.ts';

const backend = createBackend(process.env, { systems, actions });

// Where nobody sees the start, this is found in the log.
for (const { message } of backend.unknownSettings) console.warn(message);

const isLocal = runsLocally(process.env);

/** Answers a request unless a page of another site sent it. */
async function answer(
  request: HttpRequest,
  context: InvocationContext,
  respond: () => Promise<HttpResponseInit>,
  { isMcp = false, signIn }: { isMcp?: boolean; signIn?: string | undefined } = {},
): Promise<HttpResponseInit> {
  try {
    refuseForeignPage(request, { isLocal, isMcp });
  } catch (error) {
    const invocation = readInvocation(request, context, signIn);
    return failureResponse(toFailure(error, invocation.correlationId), invocation);
  }
  return respond();
}

const actionsOverHttp = actionHandler(backend);
const readinessReport = readiness(backend);

export const callAction: typeof actionsOverHttp = (action, request, context, signIn) =>
  answer(request, context, () => actionsOverHttp(action, request, context, signIn), { signIn });

export const health = (request: HttpRequest, context: InvocationContext) => answer(request, context, isHealthy);

export const ready: typeof readinessReport = (request, context) =>
  answer(request, context, () => readinessReport(request, context));

/** One instance of those that start within this time tells for all, since it signs in to every system for it. */
const REPORT_EVERY_MS = 30_000;

/** Tells in the log what the app stands on. Nobody waits for it. */
export async function reportStart(): Promise<void> {
  const isOurs = async () => isTurn({ what: { report: 'start' }, everyMs: REPORT_EVERY_MS }, await backend.ledger());
  // Where the ledger cannot be had, that is a thing to tell.
  if (!isLocal && !(await isOurs().catch(() => true))) return;
  for (const line of await startReport(backend)) console.log(line);
}

/** Sends the spans and metrics that wait, before the instance stops. */
export const flush = async (): Promise<void> => backend.telemetry?.flush();

type McpEndpoint = ReturnType<typeof import('./endpoints/mcp.ts')['mcpEndpoint']>;

let mcpEndpoint: Promise<McpEndpoint> | undefined;

const loadMcp = (): Promise<McpEndpoint> => {
  mcpEndpoint ??= import('./endpoints/mcp.ts').then(mcp => mcp.mcpEndpoint(backend));
  return mcpEndpoint;
};

/** The MCP SDK is loaded by the first call that needs it. */
export const callMcp: McpEndpoint = (path, request, context, signIn) =>
  answer(request, context, async () => (await loadMcp())(path, request, context, signIn), { isMcp: true, signIn });

/** Gets ready what first calls would wait for. Nobody waits for it. */
export const warmUp = (quiet: Quiet): Promise<void> =>
  backend.warmUp({
    quiet,
    others: [loadMcp],
    rehearse: (names, step) => rehearse(backend, names, createBackend, step),
  });
