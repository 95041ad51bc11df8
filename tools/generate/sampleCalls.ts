import { systems } from '../../functions/everySystem.ts';
import { type Backend, createBackend } from '../../shared/action/backend.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { meaningOf } from '../../shared/schema/meaning.ts';
import { neededSettings } from '../../shared/settings/config.ts';
import { findSandbox } from '../sandboxes.ts';
import { sandboxUser } from '../sandboxUser.ts';

/** An action's own example, and what the sandbox answers to it. */
export interface SampleCall {
  input: Action['example'];
  /** Undefined where there is no sandbox to ask. */
  answer?: Record<string, unknown>;
}

/** A day that stays, so that the same actions always give the same samples. */
const SAMPLE_TIME = Date.UTC(2026, 10, 20, 9, 30);

/**
 * Calls an action with its example, on a sandbox of its own, so that no action sees what another one wrote. An action of
 * a system that has no sandbox is not called.
 * @throws Error when the example does not succeed.
 */
export async function sampleCall(action: Action): Promise<SampleCall> {
  const sandboxes = await Promise.all(
    action.uses.map(async system => {
      const start = await findSandbox(system);
      return { system, sandbox: await start?.({ now: () => new Date(SAMPLE_TIME) }) };
    }),
  );
  try {
    if (sandboxes.some(({ sandbox }) => !sandbox)) return { input: action.example };
    // A slow machine is no reason for another sample.
    const settings = Object.assign(
      { ACTION_TIMEOUT_MS: '100000' },
      action.callers === 'users' && sandboxUser.settings,
      ...sandboxes.map(({ sandbox }) => sandbox?.settings),
    );
    const { invoke } = createBackend(settings, { systems, actions: [] }, { now: () => SAMPLE_TIME });
    // Two items show what a list looks like.
    const input = action.paged ? { ...action.example, limit: 2 } : action.example;
    let body = await call(invoke, action, input);
    for (const { system, sandbox } of sandboxes) {
      if (sandbox) body = body.replaceAll(sandbox.url, sampleAddress(system));
    }
    const answer = JSON.parse(body);
    // It is another one each time.
    if (action.planned) answer.confirmationToken = 'Vx3kQ0mZr8u1TtN5yWbJcA';
    return { input, answer };
  } finally {
    await Promise.all(sandboxes.map(({ sandbox }) => sandbox?.close()));
  }
}

/** Where a sandbox's answers would come from in real life: the sample of the setting that configures the system. */
function sampleAddress({ settings }: System): string {
  const [setting = ''] = neededSettings(settings);
  return meaningOf(settings.shape[setting] ?? settings).sample ?? 'https://example.com';
}

const silent = { info() {}, warn() {}, error() {} };

async function call(invoke: Backend['invoke'], action: Action, input: Action['example']): Promise<string> {
  const headers = new Headers(action.callers === 'users' ? sandboxUser.headers : {});
  const invocation = { headers, code: undefined, presented: [], correlationId: 'sample', traceparent: '', log: silent };
  const outcome = await invoke(action, async () => input, invocation);
  if (outcome.ok) return outcome.body;
  throw new Error(`The example of ${action.name} fails in the sandbox. ${outcome.failure.message}`, {
    cause: outcome.failure.cause,
  });
}
