import { expect, it } from 'vitest';
import { actions } from '../../../functions/actions.ts';
import { systems } from '../../../functions/everySystem.ts';
import { createBackend } from '../../../shared/action/backend.ts';
import { fillWithSandboxes } from '../../../tools/sandboxes.ts';
import { sandboxedActions } from '../../support/sandboxedActions.ts';

/** What a call must have left after all that it takes on a good day, so that a hiccup or two go unnoticed. */
const FOR_RETRIES = 2;

it.each(sandboxedActions.map(action => [action.name, action] as const))(
  'with nothing cached, %s takes fewer requests than it may send',
  async (_, action) => {
    const env: Record<string, string> = { ACTION_TIMEOUT_MS: '100000' };
    const sandboxes = await fillWithSandboxes(systems, env);
    const lines: Record<string, unknown>[] = [];
    const note = (_event: string, fields: Record<string, unknown> = {}) => lines.push(fields);
    const { invoke } = createBackend(env, { systems, actions });
    const outcome = await invoke(action, async () => action.example, {
      headers: new Headers(),
      code: undefined,
      correlationId: 'c',
      traceparent: 't',
      log: { info: note, warn: note, error: note },
    });
    await sandboxes.close();
    expect(outcome).toMatchObject({ ok: true });
    expect(lines.at(-1)?.upstreamCalls).toBeLessThanOrEqual(action.requests - FOR_RETRIES);
  },
);
