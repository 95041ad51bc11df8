import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Backend } from '../../shared/action/backend.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { failureResponse, jsonResponse, readInvocation } from '../../shared/action/http.ts';
import { toFailure } from '../../shared/action/problem.ts';
import type { Call } from '../../shared/call.ts';
import { identifyCaller } from '../../shared/caller/caller.ts';
import { isMentioned } from '../../shared/settings/config.ts';
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

/** `GET /api/health`: the app runs. It touches nothing else, so that a probe costs nothing. */
export async function health(): Promise<HttpResponseInit> {
  return jsonResponse(200, JSON.stringify({ status: 'ok', version }));
}

/** `GET /api/health/ready`: settings, secrets and each system that is configured; 503 and what to do when one fails. */
export function readiness({ config, env, systems, opened, unknownSettings, now }: Backend) {
  const checkSettings = (): Check[] => [
    ...(['app', 'secrets', 'ledger'] as const)
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
      const failure = toFailure(error, call.correlationId);
      return [{ name: system.name, status: 'failed', detail: `${failure.code}: ${failure.message}` }];
    }
  };

  return async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const invocation = readInvocation(request.headers, context);
    const startedAt = now();
    const call: Call = {
      ...invocation,
      startedAt,
      deadline: startedAt + CHECK_TIMEOUT_MS,
      signal: AbortSignal.timeout(CHECK_TIMEOUT_MS),
      caller: { kind: 'app', id: 'health' },
      usage: { requests: 0, writes: 0 },
    };
    try {
      identifyCaller(request.headers, config.app.read(), env);
    } catch (error) {
      // What is wrong here is nobody's business who may not call; a wrong setting is the very thing to tell.
      if (config.app.problems().length === 0)
        return failureResponse(toFailure(error, call.correlationId), call.correlationId);
    }
    const checks = [
      ...checkSettings(),
      ...(await Promise.all(systems.map(system => checkSystem(system, call)))).flat(),
    ];
    const ready = checks.every(({ status }) => status !== 'failed');
    return jsonResponse(ready ? 200 : 503, JSON.stringify({ status: ready ? 'ok' : 'degraded', version, checks }), {
      'x-correlation-id': invocation.correlationId,
    });
  };
}
