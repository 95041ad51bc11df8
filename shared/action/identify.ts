import type { Call } from '../call.ts';
import { requireBearerToken } from '../caller/bearerToken.ts';
import { type Caller, identifyCaller } from '../caller/caller.ts';
import { createSignedIn, type SignIn } from '../caller/signedIn.ts';
import { Failure } from '../failure.ts';
import { openPolicy, type Permit, type Policy, unrestricted } from '../policy/policy.ts';
import type { SecretStore } from '../secrets/secretStore.ts';
import type { Config } from '../settings/config.ts';
import type { Environment } from '../settings/setting.ts';
import { waitFor } from '../singleFlight.ts';
import type { ActionEntry } from './defineAction.ts';
import type { System } from './defineSystem.ts';
import type { Invocation } from './invoke.ts';
import { toFailure, withoutSecrets } from './problem.ts';
import type { Systems } from './systems.ts';

/** Who calls, and what they may do. */
export interface Identity {
  caller: Caller;
  permit: Permit;
  /** The token of the vendor that they signed in at. */
  bearer?: string;
  /** Has the vendor asked again whose the token is, because it has refused it since. */
  forget?(): void;
}

/**
 * @param site which of several sites they ask, where that is known already
 * @throws Failure `unauthenticated`, `forbidden`, or `misconfigured`; of a vendor that is asked, as that
 */
export type Identify = (invocation: Invocation, site?: string) => Promise<Identity>;

/** A vendor that does not say at once whose a token is keeps nobody longer than this, in milliseconds. */
const LOOK_UP_MS = 5_000;
/** The question and its retries. */
const LOOK_UP_REQUESTS = 6;

export function createIdentify(parts: {
  config: Config;
  env: Environment;
  systems: readonly System[];
  actions: readonly ActionEntry[];
  opened: Systems;
  redact: SecretStore['redact'];
  now: () => number;
}): Identify {
  const { config, env, systems, actions, opened, redact, now } = parts;
  const signedIn = createSignedIn(now);
  let policy: Policy | undefined;
  const permitOf = (caller: Caller): Permit => {
    policy ??= openPolicy(config.app.read(), { systems, actions });
    return policy(caller);
  };

  /** Asks the vendor whose a token is. What it says of a refusal may repeat the token, and is kept. */
  const ask = async (system: System, { token, site }: SignIn, invocation: Invocation) => {
    const startedAt = now();
    const call: Call = {
      ...invocation,
      caller: { kind: 'app', id: `sign-in at ${system.name}`, roles: [] },
      permit: unrestricted,
      bearer: token,
      ...(site !== undefined && { site }),
      startedAt,
      deadline: startedAt + LOOK_UP_MS,
      signal: AbortSignal.timeout(LOOK_UP_MS),
      usage: { requests: 0, retries: 0, writes: 0, credentials: new Set([token]), reported: {} },
      maxRequests: LOOK_UP_REQUESTS,
      isShared: true,
    };
    const open = await opened.open(system);
    if (!open.whoIs) throw new Error(`${system.name} lets callers sign in, and cannot ask whose a token is.`);
    let code = 'ok';
    try {
      return await open.whoIs(call);
    } catch (error) {
      const failure = toFailure(error, call.correlationId);
      code = failure.code;
      throw withoutSecrets(failure, text => redact(text, call.usage.credentials));
    } finally {
      const line = { system: system.name, code, durationMs: Math.round(now() - startedAt) };
      invocation.log.info('signIn', { ...line, upstreamCalls: call.usage.requests });
    }
  };

  return async (invocation, site) => {
    if (invocation.signIn === undefined) {
      const caller = identifyCaller(invocation, config.app.read(), env, now());
      return { caller, permit: permitOf(caller) };
    }
    const system = systems.find(({ name }) => name === invocation.signIn);
    if (!system) throw new Failure('misconfigured', `There is no system ${invocation.signIn}.`);
    const token = requireBearerToken(invocation.headers, system.title);
    const signIn: SignIn = { system: system.name, title: system.title, site, token };
    const timeOut = AbortSignal.timeout(config.app.read().ACTION_TIMEOUT_MS);
    const account = await waitFor(
      signedIn.accountOf(signIn, () => ask(system, signIn, invocation)),
      timeOut,
    );
    const caller: Caller = {
      kind: 'user',
      id: [system.name, account.site, account.id].join('/'),
      roles: [],
      ...(account.name !== undefined && { name: account.name }),
      account: { system: system.name, id: account.id },
    };
    return { caller, permit: permitOf(caller), bearer: token, forget: () => signedIn.forget(signIn) };
  };
}
