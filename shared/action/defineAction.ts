import * as z from 'zod';
import type { Log } from '../call.ts';
import type { Caller } from '../caller/caller.ts';
import type { Batches, ItemResult, ItemState, Known } from '../plan/carryOut.ts';
import { type ItemOutcome, itemOutcome } from '../plan/itemOutcome.ts';
import type { LeftItem, PlanItem } from '../plan/plans.ts';
import { TOKEN_TEXT } from '../schema/textLimit.ts';
import type { System } from './defineSystem.ts';
import type { FormerNames } from './formerNames.ts';
import { type Page, type PageRequest, pagingInput, pagingOutput, wholeListInput } from './page.ts';

type FacadeOf<S> = S extends System<string, string, infer Facade> ? Facade : never;

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** The facades of these systems, each under its system's name in camelCase. */
export type Facades<Uses extends readonly System[]> = {
  [S in Uses[number] as CamelCase<S['name']>]: FacadeOf<S>;
};

/** The name of a system's facade among `Facades`: `order-book` is `orderBook` there. */
export function facadeName(system: string): string {
  return system.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** What `run` may use besides its input and the facades. */
interface ActionContext {
  /** Aborted when the call's time is over. */
  signal: AbortSignal;
  caller: Caller;
  log: Log;
  /** When the call was made; for a later page, when the first one was, so that a span such as `7d` stays where it was. */
  now: Date;
}

/** What an account must have at a vendor's, by the names that its system declares. */
interface Grants {
  permissions?: readonly string[];
  /** Of a token that has scopes, and of an OAuth app. */
  scopes?: readonly string[];
}

/** What an action needs to do anything, and what else it needs for some of its inputs. */
export interface Needs extends Grants {
  /** `when` goes on from the action's name, such as "in a service project". */
  also?: readonly (Grants & { when: string })[];
}

/** What a write does to what is there. */
export type Effect = 'adds' | 'changes' | 'removes';

type Access =
  /** GET with query parameters; changes nothing. */
  | { access: 'read'; effect?: never; idempotent?: never }
  /** POST with a JSON body. `idempotent`: the same call made twice leaves what one leaves. */
  | { access: 'write'; effect: Effect; idempotent: boolean };

/**
 * One action, declared once. The HTTP function, validation, connector operation, plugin function, MCP tool and reference
 * all come from it.
 */
export type ActionDefinition<
  Toolset extends string,
  Facades,
  Uses extends readonly System[],
  Input extends z.ZodObject,
  Output extends z.ZodObject,
  Paged extends boolean,
> = Access & {
  /** camelCase, a verb first. It is the function's, the route's and the tool's name, unique in the app. */
  name: string;
  /** What it and its inputs were called in the version before. */
  formerly?: FormerNames;
  toolset: NoInfer<Toolset>;
  /** True when it is among the few that an agent gets that asks for no toolset. */
  core?: boolean;
  /** `users`: only for a person who signed in, such as for what is theirs. Everybody who is let in, unless told. */
  callers?: 'users';
  /** The systems that it calls: its own unless told. */
  uses?: Uses;
  /** What the account that it runs as must have in its own system. Readiness and the system's README tell it. */
  needs?: Needs;
  /** The same in each other system that it uses, by its name. */
  needsIn?: Readonly<Record<string, Needs>>;
  /** Sentence case, at most 80 characters, no full stop. */
  title: string;
  /** For the model: what it returns, when to use it, when to use another action instead. */
  description: string;
  /** Flat: strings, numbers, booleans and enums. A list is one comma-separated string. */
  input: Input;
  output: Output;
  /** An input that the sandbox has an answer for. */
  example: z.input<Input>;
  /** True for a list: it then takes `limit` and `pageToken`, and `run` gives a page. */
  paged?: Paged;
  /** What `limit` counts, where that is not items: the description of the input. */
  limit?: string;
  /** True for a list that describes what there is: it is answered as far as there is room, whatever the usual limit. */
  whole?: Paged;
  /**
   * How many requests one call may send to upstreams, retries included: twice what it takes on a good day with nothing
   * cached, because a token may have expired, and a few more. 30 unless told; for a planned action, as many again for each `look` at
   * items and what is done to them.
   */
  requests?: number;
  run(
    input: z.output<Input>,
    context: ActionContext & Facades & (Paged extends true ? { page: PageRequest } : unknown),
  ): Promise<Paged extends true ? Page<z.input<Output>> : z.input<Output>>;
};

type Planned<Data extends z.ZodType> = PlanItem & { data: z.output<Data> };

/** How the items of a plan are carried out: one by one, or many at a time where the upstream takes them so. */
type CarriedOut<Data extends z.ZodType, Context> =
  | {
      batches?: never;
      /** How an item is now: what is not as it was planned is left alone. */
      versionOf(item: Planned<Data>, context: Context): Promise<string>;
      /** Does one item. */
      perform(item: Planned<Data>, context: Context): Promise<void>;
    }
  | {
      batches: Batches;
      /** How the items are now, in their order. */
      look(items: readonly Planned<Data>[], context: Context, known: Known): Promise<ItemState[]>;
      /** Does the items, and tells what came of each, in their order. `outcomes` has those of the items before. */
      performAll(
        items: readonly Planned<Data>[],
        context: Context,
        outcomes: ReadonlyMap<string, ItemOutcome>,
      ): Promise<ItemResult[]>;
    };

/**
 * A write of many, a removal, or a message to customers. Its first call changes nothing: it answers with what would be
 * done and a `confirmationToken`, and a second call with that token alone has it done, item by item. The same call again goes
 * on with what is left, and does nothing twice.
 */
export type PlannedActionDefinition<
  Toolset extends string,
  Facades,
  Uses extends readonly System[],
  Input extends z.ZodObject,
  Data extends z.ZodType,
> = Omit<
  ActionDefinition<Toolset, Facades, Uses, Input, z.ZodObject, false>,
  'access' | 'effect' | 'idempotent' | 'output' | 'paged' | 'run'
> & {
  effect: Effect;
  /** Where it is false, an item that was sent without an answer is never sent again. */
  idempotent: boolean;
  /** What is needed to do an item. It is kept, as JSON, until the plan is confirmed. */
  data: Data;
  /** Tells what would be done, and what cannot be. It changes nothing. */
  plan(
    input: z.output<Input>,
    context: ActionContext & Facades,
  ): Promise<{
    summary: string;
    items: readonly ((Omit<PlanItem, 'data'> & { data: z.input<Data> }) | LeftItem)[];
  }>;
} & CarriedOut<Data, ActionContext & Facades>;

/** How an action is planned and carried out, its types forgotten. */
export interface PlannedWork {
  /** What the first call takes. */
  input: z.ZodObject;
  batches: Batches;
  plan(input: unknown, context: unknown): Promise<{ summary: string; items: readonly (PlanItem | LeftItem)[] }>;
  look(items: readonly PlanItem[], context: unknown, known: Known): Promise<ItemState[]>;
  perform(
    items: readonly PlanItem[],
    context: unknown,
    outcomes: ReadonlyMap<string, ItemOutcome>,
  ): Promise<ItemResult[]>;
}

/**
 * An action whose types are no longer of interest: what the pipeline and the generators work with. Its schemas are whole:
 * they have the inputs and outputs that the pipeline adds, too.
 */
export interface Action {
  name: string;
  formerly?: FormerNames | undefined;
  /** The name of the system that it belongs to. */
  system: string;
  toolset: string;
  core: boolean;
  callers?: 'users' | undefined;
  needs?: Needs | undefined;
  needsIn?: Readonly<Record<string, Needs>> | undefined;
  uses: readonly System[];
  access: 'read' | 'write';
  /** Undefined for a read. */
  effect: Effect | undefined;
  idempotent: boolean;
  title: string;
  description: string;
  input: z.ZodObject;
  output: z.ZodObject;
  example: Record<string, string | number | boolean>;
  paged: boolean;
  /** How many requests one call may send to upstreams; for a planned action, as many again for each `look`. */
  requests: number;
  /** Present for an action that is confirmed before anything is done; `run` is then never called. */
  planned?: PlannedWork;
  run(input: unknown, context: unknown): Promise<object>;
}

/** What an action needs in a system; undefined where it needs nothing there. */
export function needsOf(action: Pick<Action, 'system' | 'needs' | 'needsIn'>, system: string): Needs | undefined {
  return action.system === system ? action.needs : action.needsIn?.[system];
}

/** What is known of an action before it is loaded: as much as its registration takes. */
export interface ActionEntry extends Pick<Action, 'name' | 'formerly' | 'system' | 'toolset' | 'access' | 'callers'> {
  /** Left out for a read: every byte here is loaded at each start. */
  effect?: Effect | undefined;
  /** How its callers are let in: `app`, as INBOUND_AUTH says, or the setting that may say that they sign in at the vendor. */
  inbound: string;
  /** The names of the systems that it asks, where it asks others than its own. */
  asks?: readonly string[];
  load(): Promise<{ default: Action }>;
}

/** A sign-in, look-ups of a few names, the request itself and a read-back, twice where a token has expired, and retries. */
const DEFAULT_REQUESTS = 30;

const truncated = z
  .boolean()
  .optional()
  .meta({ description: 'True when something was left out because the answer would be too large.', machine: true });

const deduplicated = z.boolean().optional().meta({
  description:
    'True when the same request was made moments ago: nothing was done this time, and this is the earlier answer.',
  machine: true,
});

const note = z.string().optional().meta({
  description: 'What to know of this answer, such as that it is the answer to an earlier, equal call.',
  whole: true,
});

const repeat = z.boolean().optional().meta({
  description:
    'True to do the same again on purpose, within two minutes of the first time. Otherwise an equal call is answered with what the first one did.',
  advanced: true,
});

/** Adds what the pipeline takes and gives, and forgets the types: `run` gets what this very definition's schema parsed. */
export function toAction<
  Toolset extends string,
  Facades,
  Uses extends readonly System[],
  Input extends z.ZodObject,
  Output extends z.ZodObject,
  Paged extends boolean,
>(system: System, definition: ActionDefinition<Toolset, Facades, Uses, Input, Output, Paged>): Action {
  const {
    input,
    output,
    access,
    effect,
    idempotent,
    paged = false,
    whole = false,
    limit,
    core = false,
    uses = [system],
  } = definition;
  return {
    ...definition,
    system: system.name,
    core,
    uses,
    effect,
    idempotent: idempotent ?? true,
    paged,
    requests: definition.requests ?? DEFAULT_REQUESTS,
    input: input.extend({
      ...(paged && (whole ? wholeListInput : pagingInput)),
      ...(limit !== undefined && { limit: pagingInput.limit.meta({ description: limit, advanced: true }) }),
      ...(effect === 'adds' && { repeat }),
    }),
    output: output.extend({
      ...(paged && pagingOutput),
      ...(access === 'write' && { deduplicated, ...(!('note' in output.shape) && { note }) }),
      truncated,
    }),
  } as unknown as Action;
}

const confirmationToken = z.string().max(TOKEN_TEXT).optional().meta({
  description:
    'The token of a plan that the user agreed to, from the answer to an earlier call. Give it alone, and what was planned is done.',
  whole: true,
});

const plannedOutput = {
  summary: z
    .string()
    .meta({ description: 'One sentence that says what would be done, or what was done.', whole: true }),
  confirmationToken: z.string().optional().meta({
    description:
      'Present while something is left to do: show the user what would be done, and when they agree, make this call again with this token alone, within ten minutes.',
    whole: true,
    machine: true,
  }),
  items: z.array(itemOutcome).describe('Each thing that is changed, in the order in which it is done.'),
};

/** Declares what a planned action takes and gives, and forgets its types. */
export function toPlannedAction<
  Toolset extends string,
  Facades,
  Uses extends readonly System[],
  Input extends z.ZodObject,
  Data extends z.ZodType,
>(system: System, definition: PlannedActionDefinition<Toolset, Facades, Uses, Input, Data>): Action {
  const { plan, data, input, effect } = definition;
  const parsed = (item: PlanItem) => ({ ...item, data: data.parse(item.data) });
  // What these get was made by this definition's own schemas and facades.
  const planned = { input, plan, ...inBatches(definition, parsed) } as PlannedWork;
  const { name, formerly, toolset, core = false, callers, uses = [system], title, description } = definition;
  return {
    name,
    formerly,
    system: system.name,
    toolset,
    core,
    callers,
    needs: definition.needs,
    needsIn: definition.needsIn,
    uses,
    access: 'write',
    effect,
    idempotent: definition.idempotent,
    title,
    description,
    example: definition.example as Action['example'],
    paged: false,
    requests: definition.requests ?? DEFAULT_REQUESTS,
    planned,
    // A call with a token has no other input.
    input: input.partial().extend({ confirmationToken }),
    output: z.object({ ...plannedOutput, deduplicated, truncated }),
    run: async () => {
      throw new Error(`${name} is planned.`);
    },
  };
}

/** Items that are done one by one are batches of one. */
function inBatches<Data extends z.ZodType, Context>(
  definition: CarriedOut<Data, Context>,
  parsed: (item: PlanItem) => Planned<Data>,
) {
  if (definition.batches) {
    const { batches, look, performAll } = definition;
    return {
      batches,
      look: (items: readonly PlanItem[], context: Context, known: Known) => look(items.map(parsed), context, known),
      perform: (items: readonly PlanItem[], context: Context, outcomes: ReadonlyMap<string, ItemOutcome>) =>
        performAll(items.map(parsed), context, outcomes),
    };
  }
  const { versionOf, perform } = definition;
  return {
    batches: { looked: 1, size: 1, atOnce: 1 },
    look: (items: readonly PlanItem[], context: Context) =>
      Promise.all(
        items.map(async (item): Promise<ItemState> => {
          const isSame = (await versionOf(parsed(item), context)) === item.version;
          return { is: isSame ? 'asPlanned' : 'changed' };
        }),
      ),
    perform: (items: readonly PlanItem[], context: Context) =>
      Promise.all(
        items.map(async (item): Promise<ItemResult> => {
          await perform(parsed(item), context);
          return {};
        }),
      ),
  };
}
