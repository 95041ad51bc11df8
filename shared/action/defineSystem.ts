import type * as z from 'zod';
import type { Call } from '../call.ts';
import type { Account } from '../caller/caller.ts';
import type { SecretStore } from '../secrets/secretStore.ts';
import type { Environment } from '../settings/setting.ts';
import type { Upstream } from '../upstream/upstream.ts';
import {
  type Action,
  type ActionDefinition,
  type Facades,
  type PlannedActionDefinition,
  toAction,
  toPlannedAction,
} from './defineAction.ts';
import type { Rehearsal } from './rehearse.ts';

/** What a system's facade is made from. */
export interface SystemParts<Settings = unknown, Secret extends string = string, Rules = unknown> {
  /** The system's own settings, parsed. */
  settings: Settings;
  secrets: SecretStore<Secret>;
  upstream: Upstream;
  /** The process's environment, for a library that reads its own variables from it, such as the sign-in at Azure. */
  env: Environment;
  /** What an administrator's policy leaves open of the system to a call; all of the rules hold. */
  rulesOf(call: Call): readonly Rules[];
  /** The time zone that an administrator has set, if any. @throws Failure `misconfigured` where it is none */
  timeZone(): string | undefined;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** The parts of a system with these settings and secrets: `type OrdersParts = PartsOf<typeof settings, typeof secrets>`. */
export type PartsOf<Settings extends z.ZodObject, Secrets, Rules extends z.ZodObject = z.ZodObject> = SystemParts<
  z.output<Settings>,
  keyof Secrets & string,
  z.output<Rules>
>;

/** A system that is open for calls: the state that all calls share, and a facade for each of them. */
export interface OpenSystem<Facade> {
  for(call: Call): Facade;
  /** Signs in and asks for next to nothing. Tells as whom, for the readiness report. @throws Failure */
  check(call: Call): Promise<string>;
  /**
   * Gets the token that all calls use, unless it is there; undefined where there is none, or each caller has one. The upstream
   * is asked for nothing else. @throws Failure
   */
  signIn?: ((call: Call) => Promise<void>) | undefined;
  /** The time zone by whose clock an answer tells times, which else are in UTC. @throws Failure */
  timeZone?(call: Call): Promise<string | undefined>;
  /** Which of these permissions of the system's the account that calls run as lacks, as far as that can be known. */
  lacks?(call: Call, permissions: readonly string[]): Promise<readonly string[]>;
  /**
   * Asks the vendor whose token `call.bearer` is. Of several sites it is the one that `call.site` names; where it names none,
   * the first one that takes the token.
   * @throws Failure `unauthenticated` for a token that the vendor refuses, `forbidden` for one that lacks a scope, which
   * it names, or is of another site or org
   */
  whoIs?(call: Call): Promise<Account>;
}

/** One secret of a system. */
export interface SecretDefinition {
  /** What it is, for whoever is asked for it. */
  description: string;
  /** When it is needed, in words: the settings that call for it, such as `` `ORDERS_AUTH` is `basic` ``. */
  neededFor: string;
  /** Whether these settings call for it. They may be half-filled: `azd up` asks before anything is validated. */
  isNeeded(settings: Readonly<Record<string, string | undefined>>): boolean;
  /** How it is entered: typed, or by the path of a file that holds it; `generated` is made at random for whoever deploys. */
  entry: 'line' | 'file' | 'generated';
}

export interface SystemDefinition<
  Name extends string,
  Settings extends z.ZodObject,
  Secret extends string,
  Toolset extends string,
  Facade,
  Rules extends z.ZodObject,
> {
  /** Letters, digits and hyphens. It is the folder, the part of the route, and where its settings' names begin. */
  name: Name;
  /** What people call it. */
  title: string;
  /** What it holds, in a sentence for a model. */
  about: string;
  /** When to prefer which of its actions, for a model. */
  advice: string;
  /** Names and titles of its toolsets: an agent is given one, or several. */
  toolsets: Readonly<Record<Toolset, string>>;
  settings: Settings;
  secrets: Readonly<Record<Secret, SecretDefinition>>;
  /** What of it a policy can restrict: projects, objects. The facade enforces it. */
  rules?: Rules;
  /** The vendor's permissions that its actions need, by the vendor's name for them, as people know them. */
  permissions?: Readonly<Record<string, string>>;
  /** The scopes that a token or an app may need, and what they open. */
  scopes?: Readonly<Record<string, string>>;
  /** The setting that says, by the value `caller`, that its callers sign in at the vendor and bring the vendor's token. */
  callersSignIn?: keyof z.output<Settings> & string;
  /** The names of its sites, among which each call chooses where there are several. */
  sites?(settings: z.output<Settings>): readonly string[];
  /** The origins that calls go to over HTTP, such as `https://api.example.com`: a connection to each is opened ahead. */
  origins?(settings: z.output<Settings>): readonly string[];
  /** Loads reads to be carried out before the first call, against made-up answers. */
  rehearsal?(): Promise<Rehearsal>;
  /** Loads the facade. A system whose actions use other systems only has none. */
  open?(parts: SystemParts<z.output<Settings>, Secret, z.output<Rules>>): Promise<OpenSystem<Facade>>;
}

export interface System<Name extends string = string, Toolset extends string = string, Facade = unknown> {
  readonly name: Name;
  readonly title: string;
  readonly about: string;
  readonly advice: string;
  readonly toolsets: Readonly<Record<Toolset, string>>;
  readonly settings: z.ZodObject;
  readonly secrets: Readonly<Record<string, SecretDefinition>>;
  readonly rules?: z.ZodObject;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly scopes?: Readonly<Record<string, string>>;
  readonly callersSignIn?: string;
  sites?(settings: unknown): readonly string[];
  origins?(settings: unknown): readonly string[];
  rehearsal?(): Promise<Rehearsal>;
  open?(parts: SystemParts): Promise<OpenSystem<Facade>>;
  /** Declares an action of this system: the default export of a file in its folder `actions`. */
  action<
    Input extends z.ZodObject,
    Output extends z.ZodObject,
    const Uses extends readonly System[] = readonly [System<Name, Toolset, Facade>],
    Paged extends boolean = false,
  >(definition: ActionDefinition<Toolset, Facades<Uses>, Uses, Input, Output, Paged>): Action;
  /** Declares an action that shows what it would do and does it once that is confirmed. */
  plannedAction<
    Input extends z.ZodObject,
    Data extends z.ZodType,
    const Uses extends readonly System[] = readonly [System<Name, Toolset, Facade>],
  >(definition: PlannedActionDefinition<Toolset, Facades<Uses>, Uses, Input, Data>): Action;
}

/** Declares a system. What its facade is, and which settings, secrets and toolsets there are, is inferred. */
export function defineSystem<
  Name extends string,
  Settings extends z.ZodObject,
  Secret extends string,
  Toolset extends string,
  Facade,
  Rules extends z.ZodObject = z.ZodObject,
>(definition: SystemDefinition<Name, Settings, Secret, Toolset, Facade, Rules>): System<Name, Toolset, Facade> {
  const system: System<Name, Toolset, Facade> = {
    // Whoever opens a system passes what its own settings schema gave, so the types that are dropped here still hold.
    ...(definition as Omit<System<Name, Toolset, Facade>, 'action' | 'plannedAction'>),
    action: action => toAction(system, action),
    plannedAction: action => toPlannedAction(system, action),
  };
  return system;
}
