import { expect, it } from 'vitest';
import { actions } from '../../../functions/actions.ts';
import { systems } from '../../../functions/everySystem.ts';
import { createBackend } from '../../../shared/action/backend.ts';
import { fillWithSandboxes } from '../../../tools/sandboxes.ts';
import { sandboxUser } from '../../../tools/sandboxUser.ts';
import { sandboxedActions } from '../../support/sandboxedActions.ts';

/** What a call may try again, so that a hiccup or two go unnoticed. */
const FOR_RETRIES = 3;

it.each(sandboxedActions.map(action => [action.name, action] as const))(
  'with nothing cached, %s may make every request twice, as when a token has expired, and a few once more',
  async (_, action) => {
    const env: Record<string, string> = { ACTION_TIMEOUT_MS: '100000', ...sandboxUser.settings };
    const sandboxes = await fillWithSandboxes(systems, env);
    const lines: Record<string, unknown>[] = [];
    const note = (_event: string, fields: Record<string, unknown> = {}) => lines.push(fields);
    const { invoke } = createBackend(env, { systems, actions });
    const outcome = await invoke(action, async () => action.example, {
      headers: new Headers(sandboxUser.headers),
      code: undefined,
      presented: [],
      correlationId: 'c',
      traceparent: 't',
      log: { info: note, warn: note, error: note },
    });
    await sandboxes.close();
    expect(outcome).toMatchObject({ ok: true });
    const taken = Number(lines.at(-1)?.upstreamCalls);
    expect(taken).toBeGreaterThan(0);
    expect(2 * taken + FOR_RETRIES).toBeLessThanOrEqual(action.requests);
  },
);
