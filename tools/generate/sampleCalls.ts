import type { Action } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import { meaningOf } from '../../shared/schema/meaning.ts';
import { neededSettings } from '../../shared/settings/config.ts';
import { sandboxUser } from '../sandboxUser.ts';
import { onSandboxes } from './onSandboxes.ts';

/** An action's own example, and what the sandbox answers to it. */
export interface SampleCall {
  input: Action['example'];
  /** Undefined where there is no sandbox to ask. */
  answer?: Record<string, unknown>;
}

/**
 * Calls an action with its example. An action of a system that has no sandbox is not called.
 * @throws Error when the example does not succeed.
 */
export async function sampleCall(action: Action): Promise<SampleCall> {
  const { settings, headers } = action.callers === 'users' ? sandboxUser : { settings: {}, headers: {} };
  return onSandboxes(action.uses, settings, async (call, played) => {
    if (played.some(({ sandbox }) => !sandbox)) return { input: action.example };
    // Two items show what a list looks like.
    const input = action.paged ? { ...action.example, limit: 2 } : action.example;
    const outcome = await call(action, input, new Headers(headers));
    if (!outcome.ok) {
      const { code, message, cause } = outcome.failure;
      const example = `The example of ${action.name}, ${JSON.stringify(input)},`;
      throw new Error(`${example} fails in the sandbox. It is answered ${code}: ${message}`, { cause });
    }
    let { body } = outcome;
    for (const { system, sandbox } of played) {
      if (sandbox) body = body.replaceAll(sandbox.url, sampleAddress(system));
    }
    const answer = JSON.parse(body);
    // It is another one each time.
    if (action.planned) answer.confirmationToken = 'Vx3kQ0mZr8u1TtN5yWbJcA';
    return { input, answer };
  });
}

/** Where a sandbox's answers would come from in real life: the sample of the setting that configures the system. */
function sampleAddress({ settings }: System): string {
  const [setting = ''] = neededSettings(settings);
  return meaningOf(settings.shape[setting] ?? settings).sample ?? 'https://example.com';
}
