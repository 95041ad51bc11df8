import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Action, ActionEntry } from '../action/defineAction.ts';
import type { System } from '../action/defineSystem.ts';
import type { Caller } from '../caller/caller.ts';
import { Failure } from '../failure.ts';
import type { AppSettings } from '../settings/common.ts';
import { strictJson } from '../strictJson.ts';

/** What an administrator closes, and for whom. */

type PermitAction = Pick<Action, 'name' | 'toolset' | 'access' | 'callers'> & Partial<Pick<Action, 'effect'>>;

type NamedAction = Pick<ActionEntry, 'name' | 'formerly'>;

/** What one caller may do. */
export interface Permit {
  /** @throws Failure `forbidden`, saying what forbids it */
  check(action: PermitAction): void;
  allows(action: PermitAction): boolean;
  /** The rules of a system that hold for this caller; all of them do. Empty where nothing of it is restricted. */
  rulesOf(system: string): readonly unknown[];
  /** Callers of the same scope may see the same: what is kept in memory of a system's answers is kept by it. */
  scope: string;
}

export type Policy = (caller: Caller) => Permit;

/** For what this service does on its own account. */
export const unrestricted: Permit = { check: () => {}, allows: () => true, rulesOf: () => [], scope: '' };

const effects = ['reads', 'adds', 'changes', 'removes'] as const;

/** The schema of the setting POLICY. What a system lets be restricted, it declares itself. */
export function policySchema(systems: readonly System[]) {
  const ofSystems = Object.fromEntries(
    systems.flatMap(({ name, rules }) => (rules ? [[name, rules.optional()] as const] : [])),
  );
  const rules = z
    .strictObject({
      toolsets: z.array(z.string()).optional().describe('Only the actions of these toolsets. All, unless given.'),
      actions: z.array(z.string()).optional().describe('Only these actions. All, unless given.'),
      effects: z
        .array(z.enum(effects))
        .default(['reads', 'adds', 'changes'])
        .describe('Only actions that do this. What removes must be allowed here.'),
      systems: z.strictObject(ofSystems).default({}).describe('What of each system is open.'),
    })
    .describe('Everything that is given must hold.');
  return z
    .strictObject({
      $schema: z.string().optional(),
      default: rules.optional().describe('For callers that nothing else here names. Without it those may do nothing.'),
      applications: z
        .record(z.guid(), rules)
        .default({})
        .describe('By the client ID of the Entra application that the call comes through.'),
      roles: z.record(z.string(), rules).default({}).describe('By app role.'),
      keys: z
        .record(
          z
            .string()
            .toLowerCase()
            .regex(/^[0-9a-f]{64}$/, 'A key is named by its SHA-256, 64 hexadecimal digits.'),
          rules,
        )
        .default({})
        .describe('By the SHA-256 of a function key, in hexadecimal.'),
    })
    .describe('What callers may do. Where several entries name a caller, each of them must allow it.');
}

type PolicyRules = z.output<ReturnType<typeof policySchema>>;
type Rules = NonNullable<PolicyRules['default']>;

/** The role that lets a caller read or write where REQUIRE_ROLES is set; `Actions.Call` lets an application do both. */
const roleFor = { read: 'Actions.Read', write: 'Actions.Write' } as const;

/**
 * Opens the policy that the settings name. Its text is checked whole: a name that is not known would restrict nothing.
 * @throws Failure `misconfigured`
 */
export function openPolicy(
  settings: AppSettings,
  parts: { systems: readonly System[]; actions: readonly NamedAction[] },
): Policy {
  const policy = settings.POLICY === undefined ? undefined : parsePolicy(settings.POLICY, parts);

  return caller => {
    const matching = policy ? rulesFor(caller, policy) : [];
    const isClosed = policy !== undefined && matching.length === 0;

    const refusal = (action: PermitAction): string | undefined => {
      if (action.callers === 'users' && caller.kind !== 'user') {
        return 'This is for a user who signed in, and no user is known here. Say so to the user; trying again will not help.';
      }
      if (settings.REQUIRE_ROLES === 'true') {
        const needed = roleFor[action.access];
        const isLetIn =
          caller.roles.includes(needed) || (caller.kind === 'app' && caller.roles.includes('Actions.Call'));
        if (caller.account) {
          return 'This service lets callers in by app roles alone (REQUIRE_ROLES), and who signs in at a vendor has none. An administrator of this service must decide for one of the two.';
        }
        if (!isLetIn) {
          return `This needs the app role ${needed}, which the caller does not have. An administrator of this service must assign it.`;
        }
      }
      if (settings.READ_ONLY === 'true' && action.access === 'write') {
        return 'This service is set to read only (READ_ONLY), so nothing was changed. Say so to the user.';
      }
      if (isClosed || !matching.every(rules => permits(rules, action))) {
        return `A policy of this service's administrator does not allow ${action.name} here. Say so to the user; trying again will not help.`;
      }
      return undefined;
    };

    return {
      allows: action => refusal(action) === undefined,
      check(action) {
        const message = refusal(action);
        if (message !== undefined) throw new Failure('forbidden', message);
      },
      rulesOf: system =>
        matching.flatMap(({ systems }) => {
          const rules = (systems as Record<string, unknown>)[system];
          return rules === undefined ? [] : [rules];
        }),
      scope: [matching.length === 0 ? '' : scopeOf(matching), ...(caller.account ? [caller.id] : [])].join(' '),
    };
  };
}

function permits({ toolsets, actions, effects }: Rules, action: PermitAction): boolean {
  return (
    (toolsets?.includes(action.toolset) ?? true) &&
    (actions?.includes(action.name) ?? true) &&
    effects.includes(action.effect ?? 'reads')
  );
}

function rulesFor({ application, roles, keyHash }: Caller, policy: PolicyRules): readonly Rules[] {
  const named = [
    own(policy.applications, application?.toLowerCase()),
    ...roles.map(role => own(policy.roles, role)),
    own(policy.keys, keyHash),
  ].filter(rules => rules !== undefined);
  if (named.length > 0) return named;
  return policy.default ? [policy.default] : [];
}

/** An entry itself, nothing that every object has from its prototype. */
function own(entries: Readonly<Record<string, Rules>>, name: string | undefined): Rules | undefined {
  return name !== undefined && Object.hasOwn(entries, name) ? entries[name] : undefined;
}

function scopeOf(rules: readonly Rules[]): string {
  return createHash('sha256').update(JSON.stringify(rules)).digest('base64url').slice(0, 16);
}

function parsePolicy(
  text: string,
  { systems, actions }: { systems: readonly System[]; actions: readonly NamedAction[] },
): PolicyRules {
  // A rule that a parser drops without a word would restrict nothing.
  const { value, problem } = strictJson(text);
  if (problem !== undefined) throw wrong([`It ${problem}.`]);
  const parsed = policySchema(systems).safeParse(value);
  if (!parsed.success) throw wrong(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  // A policy that was written for the version before means the actions that it names, whatever they are called now.
  const current = new Map(actions.map(({ name, formerly }) => [formerly?.name ?? name, name]));
  const renamed = (rules: Rules): Rules => ({
    ...rules,
    actions: rules.actions?.map(name => current.get(name) ?? name),
  });
  const eachRenamed = (entries: Readonly<Record<string, Rules>>, keyOf = (key: string) => key) =>
    Object.fromEntries(Object.entries(entries).map(([key, rules]) => [keyOf(key), renamed(rules)]));
  const { data } = parsed;
  const policy = {
    ...data,
    default: data.default && renamed(data.default),
    applications: eachRenamed(data.applications, id => id.toLowerCase()),
    roles: eachRenamed(data.roles),
    keys: eachRenamed(data.keys),
  };
  const toolsets = systems.flatMap(system => Object.keys(system.toolsets));
  const names = actions.map(({ name }) => name);
  const { default: otherwise, roles, keys } = policy;
  const all = [otherwise, ...[policy.applications, roles, keys].flatMap(entries => Object.values(entries))];
  const unknown = all.flatMap(rules => [
    ...(rules?.toolsets ?? []).filter(name => !toolsets.includes(name)).map(name => `There is no toolset ${name}.`),
    ...(rules?.actions ?? []).filter(name => !names.includes(name)).map(name => `There is no action ${name}.`),
  ]);
  if (unknown.length > 0) throw wrong(unknown);
  return policy;
}

function wrong(reasons: readonly string[]): Failure {
  return new Failure(
    'misconfigured',
    `POLICY is wrong. ${reasons.slice(0, 5).join(' ')} Nothing is allowed until an administrator corrects it; docs/policy.schema.json tells its form.`,
  );
}
