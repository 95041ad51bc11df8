import { randomBytes, randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Backend } from '../../shared/action/backend.ts';
import { type Action, type ActionEntry, needsOf } from '../../shared/action/defineAction.ts';
import type { OpenSystem, System } from '../../shared/action/defineSystem.ts';
import { failureResponse, jsonResponse, readInvocation } from '../../shared/action/http.ts';
import { ownCall } from '../../shared/action/ownCall.ts';
import { toFailure } from '../../shared/action/problem.ts';
import { whyNotServed } from '../../shared/action/served.ts';
import type { Call } from '../../shared/call.ts';
import { type Permit, unrestricted } from '../../shared/policy/policy.ts';
import { readable } from '../../shared/readable.ts';
import { isConfigured, isMentioned, isSandboxed, ownSettings } from '../../shared/settings/config.ts';
import { inCallerMode, readInboundAuth, soleSignIn } from '../../shared/settings/inboundAuth.ts';
import { waitFor } from '../../shared/singleFlight.ts';
import { vendors } from '../actions.ts';

/** One thing that was looked at. */
interface Check {
  name: string;
  /** `off`: left out on purpose. `warning`: nothing fails for it, but somebody meant something else. */
  status: 'ok' | 'failed' | 'off' | 'warning';
  detail: string;
}

/** The build puts package.json's version here. */
const version = process.env.npm_package_version ?? 'unbuilt';

const CHECK_TIMEOUT_MS = 8_000;
/** For all systems together: a sign-in and a question each, and retries. */
const CHECK_REQUESTS = 100;

/** `GET /api/health`: the app runs. It touches nothing else, so that a probe costs nothing. */
export async function health(): Promise<HttpResponseInit> {
  return jsonResponse(200, JSON.stringify({ status: 'ok', version }));
}

/** What a system's actions talk to: the vendor, a sandbox with made-up data, or nothing, because it is not configured. */
type Backing = 'real' | 'sandbox' | 'off';

interface Report {
  checks: Check[];
  /** By the system's name; only those that have something to talk to. */
  systems: Record<string, Backing>;
}

/** Looks at settings, secrets, and each of these systems that is configured. */
type Look = (
  systems: readonly System[],
  invocation: Pick<Call, 'correlationId' | 'traceparent' | 'log'>,
) => Promise<Report>;

function lookAt(backend: Backend): Look {
  const { config, env, actions, opened, unknownSettings, redact, now } = backend;
  const checkSettings = (): Check[] => [
    ...(['app', 'time', 'secrets', 'ledger', 'audit', 'telemetry', 'warmUp'] as const)
      .flatMap(name => config[name].problems())
      .map(({ setting, message }): Check => ({ name: setting, status: 'failed', detail: message })),
    ...unknownSettings.map(
      ({ name, message, restricts }): Check => ({ name, status: restricts ? 'failed' : 'warning', detail: message }),
    ),
  ];

  /** What the account may not do that some action needs. That it cannot be known is no fault. */
  const checkPermissions = async (system: System, open: OpenSystem<unknown>, call: Call): Promise<Check[]> => {
    if (!open.lacks || !system.permissions) return [];
    // Actions of other systems may use this one.
    const all = await Promise.all(actions.map(async ({ load }) => (await load()).default));
    const needing = all.map(action => ({ name: action.name, needs: needsOf(action, system.name) }));
    const lacking = await waitFor(open.lacks(call, neededBy(needing)), call.signal).catch((): readonly string[] => []);
    return lacking.map(name => ({
      name: system.name,
      status: 'warning',
      detail: `The account lacks the permission ${system.permissions?.[name]} (${name}), without which ${refusedWithout(name, needing)} will be refused.`,
    }));
  };

  const checkSystem = async (system: System, call: Call): Promise<Check[]> => {
    const problems = config.of(system).problems();
    if (problems.length > 0) {
      const status = isMentioned(system, env) ? 'failed' : 'off';
      return problems.map(({ setting, message }) => ({ name: setting, status, detail: message }));
    }
    try {
      const open = await opened.open(system);
      const detail = await waitFor(open.check(call), call.signal);
      // Without anybody's sign-in a check tells no more than that the vendor is there.
      if (inCallerMode(system.callersSignIn, env)) return signInChecks(system, backend);
      return [{ name: system.name, status: 'ok', detail }, ...(await checkPermissions(system, open, call))];
    } catch (error) {
      const { code, message } = toFailure(error, call.correlationId);
      return [{ name: system.name, status: 'failed', detail: `${code}: ${redact(message, call.usage.credentials)}` }];
    }
  };

  const backingOf = (system: System): Backing => {
    if (!isConfigured(system, env)) return 'off';
    return isSandboxed(system, env) ? 'sandbox' : 'real';
  };

  return async (systems, invocation) => {
    // The checks are this service's own calls.
    const times = { now: now(), milliseconds: CHECK_TIMEOUT_MS };
    const call = ownCall('health', { ...invocation, ...times, maxRequests: CHECK_REQUESTS });
    const ofSystems = await Promise.all(systems.map(system => checkSystem(system, call)));
    return {
      checks: [...checkSettings(), ...ofSystems.flat(), ...actionsThatAreOff(systems, backend)],
      systems: Object.fromEntries(
        systems
          .filter(({ settings }) => ownSettings({ settings }).length > 0)
          .map(system => [system.name, backingOf(system)]),
      ),
    };
  };
}

/** What holds of a system whose callers sign in at its vendor. */
function signInChecks({ name, title, toolsets, callersSignIn }: System, { actions, env }: Backend): Check[] {
  const told = (status: Check['status'], detail: string): Check => ({ name, status, detail });
  const checks = [
    told(
      'ok',
      `each caller, who signs in at ${title} themselves (${callersSignIn} is caller): there is no credential to check`,
    ),
  ];
  if (soleSignIn(vendors, env) === name) return checks;
  const own = Object.keys(toolsets).filter(toolset => actions.some(action => action.toolset === toolset));
  return [
    ...checks,
    told(
      'off',
      `${title} is not in /api/mcp, in /api/mcp/x/all, or in a list with toolsets of other systems: a request has one Authorization, and here that is the caller's at ${title}. It is served at /api/${name} and at /api/mcp/x with any of ${own.join(',')}.`,
    ),
  ];
}

/** The actions of these systems that are for nobody, because they would need several sign-ins. */
function actionsThatAreOff(of: readonly System[], { actions, systems, env }: Backend): Check[] {
  const usesOf = ({ system, asks = [system] }: ActionEntry) => systems.filter(({ name }) => asks.includes(name));
  return of.flatMap(({ name, callersSignIn }) => {
    // Each of them is for those who sign in at its own system's vendor, or for those whom INBOUND_AUTH lets in.
    const signIn = inCallerMode(callersSignIn, env) ? name : undefined;
    const configured = actions
      .filter(action => action.system === name)
      .map(action => ({ name: action.name, uses: usesOf(action) }))
      .filter(({ uses }) => uses.every(used => isConfigured(used, env)));
    return [...Map.groupBy(configured, action => whyNotServed(action, signIn, env))].flatMap(
      ([reason, off]): Check[] => {
        const names = off.map(action => action.name).join(', ');
        return reason === undefined ? [] : [{ name, status: 'off', detail: `${names}: off, because ${reason}.` }];
      },
    );
  });
}

/** An action, and what it needs in the system that is looked at. */
type Needing = Pick<Action, 'name' | 'needs'>;

/** Every permission that any of these actions needs, for some of its inputs or for all. */
function neededBy(actions: readonly Needing[]): string[] {
  const grants = actions.flatMap(({ needs }) => (needs ? [needs, ...(needs.also ?? [])] : []));
  return [...new Set(grants.flatMap(({ permissions = [] }) => permissions))];
}

/** `createIssue, addComment in a service project` */
function refusedWithout(permission: string, actions: readonly Needing[]): string {
  const refused = actions.flatMap(({ name, needs }) => {
    if (needs?.permissions?.includes(permission)) return [name];
    const also = needs?.also?.find(({ permissions }) => permissions?.includes(permission));
    return also ? [`${name} ${also.when}`] : [];
  });
  return refused.join(', ');
}

/** `GET /api/health/ready`: settings, secrets and each system that is configured; 503 and what to do when one fails. */
export function readiness(backend: Backend) {
  const { config, env, systems, actions, identify } = backend;
  const look = lookAt(backend);

  return async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const invocation = readInvocation(request, context);
    let permit: Permit = unrestricted;
    const wrongPolicy: Check[] = [];
    try {
      permit = (await identify(invocation)).permit;
    } catch (error) {
      const failure = toFailure(error, invocation.correlationId);
      // Nothing is told to who may not call. Where keys let callers in, the platform has checked theirs, and what is
      // wrong with the settings is the very thing to tell.
      const isLetIn = readInboundAuth(env.INBOUND_AUTH) !== 'entra' && failure.code === 'misconfigured';
      if (!isLetIn) return failureResponse(failure, invocation);
      if (config.app.problems().length === 0) {
        wrongPolicy.push({ name: 'POLICY', status: 'failed', detail: failure.message });
      }
    }
    const isOpen = ({ name }: System) =>
      actions.some(action => action.system === name && permit.allows(action)) ||
      !actions.some(({ system }) => system === name);
    const report = await look(systems.filter(isOpen), invocation);
    const checks = [...wrongPolicy, ...report.checks];
    const ready = checks.every(({ status }) => status !== 'failed');
    const body = { status: ready ? 'ok' : 'degraded', version, systems: report.systems, checks };
    return jsonResponse(ready ? 200 : 503, JSON.stringify(body), { 'x-correlation-id': invocation.correlationId });
  };
}

/**
 * What is real, what is a sandbox, and what is wrong, in a line each, for who starts the app. It holds no value of a setting.
 */
export async function startReport(backend: Backend): Promise<string[]> {
  const silent = () => {};
  const { checks, systems } = await lookAt(backend)(backend.systems, {
    correlationId: randomUUID(),
    traceparent: `00-${randomHex(16)}-${randomHex(8)}-01`,
    log: { info: silent, warn: silent, error: silent },
  });
  const titles = (backing: Backing) =>
    backend.systems.flatMap(({ name, title }) => {
      if (systems[name] !== backing) return [];
      const as = checks.find(check => check.name === name && check.status === 'ok');
      return [as && backing === 'real' ? `${title} as ${as.detail}` : title];
    });
  const list = (items: readonly string[]) => items.join('; ') || 'nothing';
  const off = titles('off');
  const wrong = checks.filter(({ status }) => status === 'failed' || status === 'warning');
  return [
    `Real: ${list(titles('real'))}.`,
    `Sandbox with made-up data: ${list(titles('sandbox'))}.${off.length > 0 ? ` Not configured: ${list(off)}.` : ''}`,
    ...(wrong.length === 0
      ? ['Wrong: nothing.']
      : wrong.map(({ name, detail }) => `Wrong: ${detail.startsWith(name) ? '' : `${name}: `}${oneLine(detail)}`)),
  ];
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

function oneLine(text: string): string {
  return readable(text).replace(/\s+/g, ' ');
}
