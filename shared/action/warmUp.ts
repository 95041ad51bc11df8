import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Log } from '../call.ts';
import type { OpenLedger } from '../ledger/openLedger.ts';
import type { SecretStore } from '../secrets/secretStore.ts';
import { SIGNING_KEY } from '../settings/common.ts';
import { type Config, isConfigured } from '../settings/config.ts';
import type { Environment } from '../settings/setting.ts';
import type { ActionEntry } from './defineAction.ts';
import type { System } from './defineSystem.ts';
import { ownCall } from './ownCall.ts';
import type { Preparation } from './preparation.ts';
import type { Quiet } from './quiet.ts';
import type { Systems } from './systems.ts';
import { isTurn } from './turn.ts';

export interface WarmUpParts {
  config: Config;
  env: Environment;
  systems: readonly System[];
  actions: readonly ActionEntry[];
  opened: Systems;
  preparation: Preparation;
  secrets: SecretStore;
  ledger(): Promise<OpenLedger>;
  now: () => number;
}

const SECRET_MS = 8_000;
/** A sign-in, and no second one. */
const SIGN_IN_MS = 10_000;
const SIGN_IN_REQUESTS = 1;
/** Within this time, one instance of those that share a ledger signs in ahead of its first call. */
const SIGN_IN_EVERY_MS = 5_000;
/** Instances that share no ledger and start together sign in within this time, each at a moment of its own. */
const SIGN_IN_SPREAD_MS = 200;

type Step = (work: () => Promise<unknown>) => Promise<void>;

const silent = () => {};
const unheard: Log = { info: silent, warn: silent, error: silent };

/**
 * Gets ready what first calls would wait for: connections, the identity's token, secrets, the code of the systems that are
 * configured, and sign-ins. No data is asked for. One thing is done at a time and each begins while no call is under way, so that
 * a call waits for one of them at most. What fails is told to nobody: the call that needs it does it again.
 *
 * @param others loads what else calls need
 * @param rehearse carries out the rehearsals of these systems, in steps
 */
export async function warmUp(
  parts: WarmUpParts,
  {
    quiet,
    others,
    rehearse,
  }: {
    quiet: Quiet;
    others: readonly (() => Promise<unknown>)[];
    rehearse(names: readonly string[], step: Step): Promise<void>;
  },
): Promise<void> {
  const { config, env, systems, actions, preparation, secrets, ledger } = parts;
  if (config.warmUp.problems().length > 0 || config.warmUp.read().WARM_UP === 'false') return;

  const ready = systems.filter(system => isConfigured(system, env) && config.of(system).problems().length === 0);
  const isReady = (name: string) => ready.some(system => system.name === name);
  const step: Step = async work => {
    await quiet.isNow();
    await work().catch(silent);
  };
  const underWay: Promise<unknown>[] = [];
  /** For what waits for others most of its time. */
  const begin = (work: () => Promise<unknown>) =>
    step(async () => {
      underWay.push(work().catch(silent));
    });

  for (const system of ready) await begin(preparation.partsOf(system).connect);
  for (const system of ready) await begin(preparation.partsOf(system).readSecrets);
  for (const system of ready) await step(preparation.partsOf(system).open);
  for (const system of ready) await begin(() => signInFirst(system, parts));
  await rehearse(
    ready.map(({ name }) => name),
    step,
  ).catch(silent);
  for (const { system, asks = [system], load } of actions) if (asks.every(isReady)) await step(load);
  if (env.KEY_VAULT_URI) await begin(() => secrets.get(SIGNING_KEY, AbortSignal.timeout(SECRET_MS)));
  for (const load of [...others, ledger]) await step(load);
  await Promise.all(underWay);
}

/**
 * Signs in, unless another instance does so at about this time: vendors limit sign-ins, and many instances may start at once. The
 * others sign in when they are called.
 */
async function signInFirst(system: System, parts: WarmUpParts): Promise<void> {
  const { opened, preparation, ledger, now } = parts;
  const { connect, readSecrets } = preparation.partsOf(system);
  const { signIn } = await opened.open(system);
  if (!signIn) return;
  await Promise.all([connect(), readSecrets()]);
  await setTimeout(Math.random() * SIGN_IN_SPREAD_MS, undefined, { ref: false });
  const what = { signIn: system.name };
  if (!(await isTurn({ what, everyMs: SIGN_IN_EVERY_MS }, await ledger()))) return;
  const call = ownCall('warm-up', {
    correlationId: randomUUID(),
    traceparent: `00-${randomHex(32)}-${randomHex(16)}-00`,
    log: unheard,
    now: now(),
    milliseconds: SIGN_IN_MS,
    maxRequests: SIGN_IN_REQUESTS,
  });
  await signIn(call);
}

function randomHex(digits: number): string {
  return randomUUID().replaceAll('-', '').slice(-digits);
}
