import { openAudit } from '../audit/openAudit.ts';
import { type OpenLedger, openLedger } from '../ledger/openLedger.ts';
import { PLAN_MS } from '../plan/plans.ts';
import { indexSecrets, redact } from '../secrets/redact.ts';
import { createSecretStore, type SecretStore, secretSource } from '../secrets/secretStore.ts';
import { createSigner } from '../secrets/signer.ts';
import { SIGNING_KEY } from '../settings/common.ts';
import { type Config, readConfig } from '../settings/config.ts';
import { runsLocally } from '../settings/runsLocally.ts';
import type { Environment } from '../settings/setting.ts';
import { type UnknownSetting, unknownSettings } from '../settings/unknownSettings.ts';
import { openTelemetry, type Telemetry } from '../telemetry/telemetry.ts';
import type { ActionEntry } from './defineAction.ts';
import type { System } from './defineSystem.ts';
import { createIdentify, type Identify } from './identify.ts';
import { createInvoke, type Invoke } from './invoke.ts';
import { createPreparation, type Preparation } from './preparation.ts';
import { createSystems, type Systems } from './systems.ts';
import { warmUp } from './warmUp.ts';

/** Everything that the functions stand on. */
export interface Backend {
  config: Config;
  env: Environment;
  /** Every system of the app, whether or not it is configured. */
  systems: readonly System[];
  /** Every action of the app. */
  actions: readonly ActionEntry[];
  opened: Systems;
  unknownSettings: readonly UnknownSetting[];
  identify: Identify;
  invoke: Invoke;
  preparation: Preparation;
  ledger(): Promise<OpenLedger>;
  warmUp(work: Parameters<typeof warmUp>[1]): Promise<void>;
  /** Takes secrets, and these credentials, out of a text. */
  redact: SecretStore['redact'];
  /** Undefined unless the settings turn it on. */
  telemetry: Telemetry | undefined;
  now: () => number;
}

/** The composition root: wires the parts together from an environment, and does no work yet. */
export function createBackend(
  env: Environment,
  { systems, actions }: { systems: readonly System[]; actions: readonly ActionEntry[] },
  options: { fetch?: typeof fetch; now?: () => number } = {},
): Backend {
  const { now = Date.now, fetch = globalThis.fetch } = options;
  const config = readConfig(env);
  const secrets = lazySecretStore(config, env, now);
  const telemetry = openTelemetry({ config, env });
  const opened = createSystems({ config, secrets, env, now, telemetry }, options);
  const preparation = createPreparation({ config, env, systems, opened, secrets, fetch });
  const unknown = unknownSettings(systems, env);

  const identify = createIdentify({ config, env, systems, actions, opened, redact: secrets.redact, now });
  const onMissing = () =>
    console.warn(`There is no secret ${SIGNING_KEY}: page tokens are good on this instance only.`);
  const signer = createSigner({ secrets, env, now, onMissing });
  const ledger = openLedger({ config, env, now, keptForMs: PLAN_MS });
  const audit = openAudit({ config, env });
  const invoke = createInvoke({
    audit,
    telemetry,
    config,
    env,
    identify,
    secrets,
    signer,
    systems,
    opened,
    unknownSettings: unknown,
    ledger,
    showMessages: runsLocally(env),
    now,
  });
  return {
    config,
    env,
    systems,
    actions,
    opened,
    unknownSettings: unknown,
    now,
    identify,
    invoke,
    preparation,
    ledger,
    warmUp: work => warmUp({ config, env, systems, actions, opened, preparation, secrets, ledger, now }, work),
    redact: secrets.redact,
    telemetry,
  };
}

/** Its settings are read at the first secret that is wanted, so that a bad one breaks only what needs a secret. */
function lazySecretStore(config: Config, env: Environment, now: () => number): SecretStore {
  let store: SecretStore | undefined;
  const open = () => {
    const settings = config.secrets.read();
    store ??= createSecretStore(secretSource(settings, env), { ttlSeconds: settings.SECRET_TTL_SECONDS, now });
    return store;
  };
  return {
    get: async (name, signal) => open().get(name, signal),
    invalidate: (name, refused) => open().invalidate(name, refused),
    redact: (text, credentials = []) => store?.redact(text, credentials) ?? redact(text, [indexSecrets(credentials)]),
  };
}
