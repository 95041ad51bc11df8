import type { Call } from '../call.ts';
import type { SecretStore } from '../secrets/secretStore.ts';
import type { Config } from '../settings/config.ts';
import type { Environment } from '../settings/setting.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { createUpstream } from '../upstream/upstream.ts';
import type { OpenSystem, System } from './defineSystem.ts';

export interface Systems {
  /** Opens a system at its first use. @throws Failure `misconfigured` when its settings are missing or wrong */
  open(system: System): Promise<OpenSystem<unknown>>;
}

export interface SystemsParts {
  config: Config;
  secrets: SecretStore;
  env: Environment;
  telemetry?: Telemetry | undefined;
  now: () => number;
}

/** Opens each system once; one that could not be opened is tried again at the next call. */
export function createSystems(parts: SystemsParts, options: { fetch?: typeof fetch } = {}): Systems {
  const { config, secrets, env, now, telemetry } = parts;
  const opened = new Map<string, Promise<OpenSystem<unknown>>>();

  const openNow = async (system: System): Promise<OpenSystem<unknown>> => {
    const settings = config.of(system).read();
    const upstream = createUpstream(system.title, {
      ...options,
      now,
      redact: secrets.redact,
      system: system.name,
      telemetry,
    });
    const rulesOf = ({ permit }: Call) => permit.rulesOf(system.name);
    const timeZone = () => config.time.read().TIME_ZONE;
    return system.open ? system.open({ settings, secrets, upstream, env, rulesOf, timeZone, now }) : withoutFacade;
  };

  return {
    open(system) {
      const known = opened.get(system.name);
      if (known) return known;
      const opening = openNow(system);
      opening.catch(() => opened.delete(system.name));
      opened.set(system.name, opening);
      return opening;
    },
  };
}

const withoutFacade: OpenSystem<unknown> = {
  for: () => undefined,
  check: async () => 'Has no service of its own.',
};
