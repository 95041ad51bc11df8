import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Backend } from '../../shared/action/backend.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { failureResponse, jsonResponse, readInvocation } from '../../shared/action/http.ts';
import { toFailure } from '../../shared/action/problem.ts';
import type { Call } from '../../shared/call.ts';
import { type Permit, unrestricted } from '../../shared/policy/policy.ts';
import { isMentioned } from '../../shared/settings/config.ts';
import { readInboundAuth } from '../../shared/settings/inboundAuth.ts';
import { waitFor } from '../../shared/singleFlight.ts';

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

/** `GET /api/health/ready`: settings, secrets and each system that is configured; 503 and what to do when one fails. */
export function readiness(backend: Backend) {
  const { config, env, systems, actions, opened, identify, unknownSettings, redact, now } = backend;

  const checkSettings = (): Check[] => [
    ...(['app', 'time', 'secrets', 'ledger', 'audit'] as const)
      .flatMap(name => config[name].problems())
      .map(({ setting, message }): Check => ({ name: setting, status: 'failed', detail: message })),
    ...unknownSettings.map(
      ({ name, message, restricts }): Check => ({ name, status: restricts ? 'failed' : 'warning', detail: message }),
    ),
  ];

  const checkSystem = async (system: System, call: Call): Promise<Check[]> => {
    const problems = config.of(system).problems();
    if (problems.length > 0) {
      const status = isMentioned(system, env) ? 'failed' : 'off';
      return problems.map(({ setting, message }) => ({ name: setting, status, detail: message }));
    }
    try {
      const { check } = await opened.open(system);
      return [{ name: system.name, status: 'ok', detail: await waitFor(check(call), call.signal) }];
    } catch (error) {
      const { code, message } = toFailure(error, call.correlationId);
      return [{ name: system.name, status: 'failed', detail: `${code}: ${redact(message, call.usage.credentials)}` }];
    }
  };

  return async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const invocation = readInvocation(request, context);
    let permit: Permit = unrestricted;
    const wrongPolicy: Check[] = [];
    try {
      permit = identify(invocation).permit;
    } catch (error) {
      const failure = toFailure(error, invocation.correlationId);
      // Nothing is told to who may not call. Where keys let callers in, the platform has checked theirs, and what is
      // wrong with the settings is the very thing to tell.
      const isLetIn = readInboundAuth(env.INBOUND_AUTH) !== 'entra' && failure.code === 'misconfigured';
      if (!isLetIn) return failureResponse(failure, invocation.correlationId);
      if (config.app.problems().length === 0) {
        wrongPolicy.push({ name: 'POLICY', status: 'failed', detail: failure.message });
      }
    }
    const startedAt = now();
    const call: Call = {
      ...invocation,
      // The checks are this service's own calls.
      caller: { kind: 'app', id: 'health', roles: [] },
      permit: unrestricted,
      startedAt,
      deadline: startedAt + CHECK_TIMEOUT_MS,
      signal: AbortSignal.timeout(CHECK_TIMEOUT_MS),
      usage: { requests: 0, retries: 0, writes: 0, credentials: new Set(), reported: {} },
      maxRequests: CHECK_REQUESTS,
    };
    const isOpen = ({ name }: System) =>
      actions.some(action => action.system === name && permit.allows(action)) ||
      !actions.some(({ system }) => system === name);
    const checks = [
      ...checkSettings(),
      ...wrongPolicy,
      ...(await Promise.all(systems.filter(isOpen).map(system => checkSystem(system, call)))).flat(),
    ];
    const ready = checks.every(({ status }) => status !== 'failed');
    return jsonResponse(ready ? 200 : 503, JSON.stringify({ status: ready ? 'ok' : 'degraded', version, checks }), {
      'x-correlation-id': invocation.correlationId,
    });
  };
}
