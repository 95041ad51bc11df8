import type { Call } from '../call.ts';
import type { SecretStore } from '../secrets/secretStore.ts';
import type { Config } from '../settings/config.ts';
import { createUpstream, type Upstream } from '../upstream/upstream.ts';

/** What a system's facade is made from. */
export interface SystemParts {
  config: Config;
  secrets: SecretStore;
  upstream: Upstream;
  now: () => number;
}

/** A system that is open for calls: the state that all calls share, and a facade for each of them. */
interface OpenSystem<Facade> {
  for(call: Call): Facade;
  /** Signs in and asks for next to nothing; the answer says as whom, for the health report. @throws Failure */
  check(call: Call): Promise<string>;
}

/** Every system there is. Its facade, and with it the vendor's library, is loaded when it is first called. */
const definitions = {
  jira: {
    title: 'Jira',
    open: (parts: SystemParts) => import('../../functions/jira/api/jira.ts').then(({ openJira }) => openJira(parts)),
  },
  salesforce: {
    title: 'Salesforce',
    open: (parts: SystemParts) =>
      import('../../functions/salesforce/api/salesforce.ts').then(({ openSalesforce }) => openSalesforce(parts)),
  },
};

export type System = keyof typeof definitions;

/** What an action of system `S` gets to work with. */
export type Facade<S extends System> = ReturnType<Awaited<ReturnType<(typeof definitions)[S]['open']>>['for']>;

export const systems = Object.keys(definitions) as System[];

/** The system's name as people know it, for sentences. */
export const titleOf = (system: System): string => definitions[system].title;

export interface Systems {
  open<S extends System>(system: S): Promise<OpenSystem<Facade<S>>>;
}

/** Opens each system once, on first use; one that could not be opened is tried again at the next call. */
export function createSystems(parts: Omit<SystemParts, 'upstream'>, options: { fetch?: typeof fetch } = {}): Systems {
  const opened = new Map<System, Promise<OpenSystem<unknown>>>();
  return {
    open<S extends System>(system: S) {
      let opening = opened.get(system);
      if (!opening) {
        const { title, open } = definitions[system];
        opening = open({ ...parts, upstream: createUpstream(title, { ...options, now: parts.now }) });
        opening.catch(() => opened.delete(system));
        opened.set(system, opening);
      }
      return opening as Promise<OpenSystem<Facade<S>>>;
    },
  };
}
