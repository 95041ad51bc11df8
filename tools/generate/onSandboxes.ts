import { systems } from '../../functions/everySystem.ts';
import { createBackend } from '../../shared/action/backend.ts';
import type { Action } from '../../shared/action/defineAction.ts';
import type { System } from '../../shared/action/defineSystem.ts';
import type { Outcome } from '../../shared/action/invoke.ts';
import type { Environment } from '../../shared/settings/setting.ts';
import { findSandbox, type Sandbox } from '../sandboxes.ts';

/** A day that stays, so that the same calls always get the same answers. */
const SAMPLE_TIME = Date.UTC(2026, 10, 20, 9, 30);

type Call = (action: Action, input: Action['example'], headers?: Headers) => Promise<Outcome>;

export interface PlayedSystem {
  system: System;
  /** Undefined where there is none. */
  sandbox: Sandbox | undefined;
}

/**
 * Makes calls to sandboxes of these systems that are started for them alone, so that nothing sees what others wrote.
 * @param settings those beside the sandboxes' own
 */
export async function onSandboxes<Result>(
  uses: readonly System[],
  settings: Environment,
  make: (call: Call, played: readonly PlayedSystem[]) => Promise<Result>,
): Promise<Result> {
  const played = await Promise.all(
    uses.map(async (system): Promise<PlayedSystem> => {
      const start = await findSandbox(system);
      return { system, sandbox: await start?.({ now: () => new Date(SAMPLE_TIME) }) };
    }),
  );
  try {
    // A slow machine is no reason for another answer.
    const env = Object.assign(
      { ACTION_TIMEOUT_MS: '100000' },
      settings,
      ...played.map(({ sandbox }) => sandbox?.settings),
    );
    const { invoke } = createBackend(env, { systems, actions: [] }, { now: () => SAMPLE_TIME });
    const call: Call = (action, input, headers = new Headers()) =>
      invoke(action, async () => input, { ...invocation, headers });
    return await make(call, played);
  } finally {
    await Promise.all(played.map(({ sandbox }) => sandbox?.close()));
  }
}

const silent = { info() {}, warn() {}, error() {} };
const invocation = { code: undefined, presented: [], correlationId: 'sample', traceparent: '', log: silent };
