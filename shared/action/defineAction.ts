import * as z from 'zod';
import type { Log } from '../call.ts';
import type { Caller } from '../caller/caller.ts';
import type { System } from './defineSystem.ts';
import { type Page, type PageRequest, pagingInput, pagingOutput } from './page.ts';

type FacadeOf<S> = S extends System<string, string, infer Facade> ? Facade : never;

/** The facades of these systems, each under its system's name. */
export type Facades<Uses extends readonly System[]> = {
  [S in Uses[number] as S['name']]: FacadeOf<S>;
};

/** What `run` may use besides its input and the facades. */
interface ActionContext {
  /** Aborted when the call's time is over. */
  signal: AbortSignal;
  caller: Caller;
  log: Log;
  /** When the call was made; for a later page, when the first one was, so that a span such as `7d` stays where it was. */
  now: Date;
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
  toolset: NoInfer<Toolset>;
  /** True when it is among the few that an agent gets that asks for no toolset. */
  core?: boolean;
  /** The systems that it calls: its own unless told. */
  uses?: Uses;
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
  run(
    input: z.output<Input>,
    context: ActionContext & Facades & (Paged extends true ? { page: PageRequest } : unknown),
  ): Promise<Paged extends true ? Page<z.input<Output>> : z.input<Output>>;
};

/**
 * An action whose types are no longer of interest: what the pipeline and the generators work with. Its schemas are whole:
 * they have the inputs and outputs that the pipeline adds, too.
 */
export interface Action {
  name: string;
  /** The name of the system that it belongs to. */
  system: string;
  toolset: string;
  core: boolean;
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
  run(input: unknown, context: unknown): Promise<object>;
}

/** What is known of an action before it is loaded: as much as its registration takes. */
export interface ActionEntry extends Pick<Action, 'name' | 'system' | 'toolset' | 'access' | 'effect'> {
  /** How its system's callers are let in: by the app's own INBOUND_AUTH. */
  inbound: 'app';
  load(): Promise<{ default: Action }>;
}

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
  const { input, output, access, effect, idempotent, paged = false, core = false, uses = [system] } = definition;
  return {
    ...definition,
    system: system.name,
    core,
    uses,
    effect,
    idempotent: idempotent ?? true,
    paged,
    input: input.extend({ ...(paged && pagingInput), ...(effect === 'adds' && { repeat }) }),
    output: output.extend({
      ...(paged && pagingOutput),
      ...(access === 'write' && { deduplicated, ...(!('note' in output.shape) && { note }) }),
      truncated,
    }),
  } as unknown as Action;
}
