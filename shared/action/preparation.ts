import type { SecretStore } from '../secrets/secretStore.ts';
import { type Config, isConfigured } from '../settings/config.ts';
import type { Environment } from '../settings/setting.ts';
import { openConnection } from '../upstream/http.ts';
import type { System } from './defineSystem.ts';
import type { Systems } from './systems.ts';

/** What a first call to a system waits for. Each part is begun once in a process: by a call that needs it, or before. */
export interface Preparation {
  /** The parts of a system that is configured well. None rejects: whoever needs what failed does it again, and is told. */
  partsOf(system: System): Parts;
  /** Begins all parts of these systems at once. Nobody waits for them. */
  begin(names: readonly string[]): void;
}

interface Parts {
  /** Opens the connections. */
  connect(): Promise<void>;
  /** Reads the secrets, and before that gets the identity's token. */
  readSecrets(): Promise<void>;
  /** Loads the facade. */
  open(): Promise<void>;
}

export interface PreparationParts {
  config: Config;
  env: Environment;
  systems: readonly System[];
  opened: Systems;
  secrets: SecretStore;
  fetch: typeof fetch;
}

const SECRET_MS = 8_000;

export function createPreparation(parts: PreparationParts): Preparation {
  const { config, env, systems, opened, secrets, fetch } = parts;
  const known = new Map<string, Parts>();
  const begun = new Set<string>();
  /** Two systems may be at one host. */
  const connections = new Map<string, Promise<void>>();

  /** A connection is kept for a few seconds; after that the next one resumes its TLS session. */
  const connect = (origin: string) => {
    const connection = connections.get(origin) ?? openConnection(new URL(origin), fetch);
    connections.set(origin, connection);
    return connection;
  };
  const readSecret = (name: string) => secrets.get(name, AbortSignal.timeout(SECRET_MS));

  const makeParts = (system: System): Parts => {
    if (!isConfigured(system, env) || config.of(system).problems().length > 0) return nothing;
    const settings = config.of(system).read();
    const origins = mayConnect(config) ? (system.origins?.(settings) ?? []) : [];
    const names = Object.entries(system.secrets).flatMap(([name, { isNeeded }]) => (isNeeded(env) ? [name] : []));
    return {
      connect: once(() => Promise.allSettled(origins.map(connect))),
      readSecrets: once(() => Promise.allSettled(names.map(readSecret))),
      open: once(() => opened.open(system)),
    };
  };

  const partsOf = (system: System): Parts => {
    const parts = known.get(system.name) ?? makeParts(system);
    known.set(system.name, parts);
    return parts;
  };

  return {
    partsOf,
    begin(names) {
      for (const name of names) {
        if (begun.has(name)) continue;
        begun.add(name);
        const system = systems.find(each => each.name === name);
        if (!system) continue;
        const { connect, readSecrets, open } = partsOf(system);
        void readSecrets();
        void open();
        void connect();
      }
    },
  };
}

const done = async () => {};
const nothing: Parts = { connect: done, readSecrets: done, open: done };

/** Where an administrator wants no warm-up, nothing but calls goes out. */
function mayConnect({ warmUp }: Config): boolean {
  return warmUp.problems().length === 0 && warmUp.read().WARM_UP === 'true';
}

/** Does the work at the first call, and lets all wait for that; that it failed is nobody's business. */
function once(work: () => Promise<unknown>): () => Promise<void> {
  let begun: Promise<void> | undefined;
  return () => {
    begun ??= work().then(
      () => {},
      () => {},
    );
    return begun;
  };
}
