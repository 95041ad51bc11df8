import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Backend } from '../../shared/action/backend.ts';
import { failureResponse, jsonResponse, readInvocation } from '../../shared/action/http.ts';
import { toFailure } from '../../shared/action/problem.ts';
import { systems as allSystems, type System } from '../../shared/action/systems.ts';
import type { Call } from '../../shared/call.ts';
import { identifyCaller } from '../../shared/caller/caller.ts';
import { waitFor } from '../../shared/singleFlight.ts';

/** One thing that was looked at. */
interface Check {
  name: string;
  status: 'ok' | 'failed' | 'off';
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
export function readiness({ config, env, systems, now }: Backend) {
  const checkSettings = (): Check[] =>
    (['app', 'secrets', 'ledger'] as const)
      .flatMap(name => config[name].problems())
      .map(({ setting, message }) => ({ name: setting, status: 'failed', detail: message }));

  const checkSystem = async (system: System, call: Call): Promise<Check[]> => {
    const problems = config[system].problems();
    if (problems.length > 0) {
      // A system of which nothing is set was left out on purpose.
      const leftOut = Object.keys(env).every(
        name => !name.startsWith(`${system.toUpperCase()}_`) || !env[name]?.trim(),
      );
      return problems.map(({ setting, message }) => ({
        name: setting,
        status: leftOut ? 'off' : 'failed',
        detail: message,
      }));
    }
    try {
      const opened = await systems.open(system);
      return [{ name: system, status: 'ok', detail: await waitFor(opened.check(call), call.signal) }];
    } catch (error) {
      const failure = toFailure(error, call.correlationId);
      return [{ name: system, status: 'failed', detail: `${failure.code}: ${failure.message}` }];
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
      ...(await Promise.all(allSystems.map(system => checkSystem(system, call)))).flat(),
    ];
    const ready = checks.every(({ status }) => status !== 'failed');
    return jsonResponse(ready ? 200 : 503, JSON.stringify({ status: ready ? 'ok' : 'degraded', version, checks }), {
      'x-correlation-id': invocation.correlationId,
    });
  };
}
