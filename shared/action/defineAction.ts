import * as z from 'zod';
import type { Log } from '../call.ts';
import type { Caller } from '../caller/caller.ts';
import { type Page, type PageRequest, pagingInput, pagingOutput } from './page.ts';
import type { Facade, System } from './systems.ts';

/** What `run` may use besides its input. */
type ActionContext<S extends System> = {
  /** The facade of the action's own system, under that system's name. */
  [Name in S]: Facade<Name>;
} & {
  /** Aborted when the call's time is over. */
  signal: AbortSignal;
  caller: Caller;
  log: Log;
  /** When the call was made; for a later page, when the first one was, so that a span such as `7d` stays where it was. */
  now: Date;
};

/**
 * One action, declared once. The HTTP function, validation, connector operation, plugin function, MCP tool and reference
 * all come from it.
 */
export interface ActionDefinition<
  S extends System,
  Input extends z.ZodObject,
  Output extends z.ZodObject,
  Paged extends boolean,
> {
  /** camelCase, a verb first. It is the function's, the route's and the tool's name. */
  name: string;
  system: S;
  /** `read` is GET with query parameters and changes nothing, `write` is POST with a JSON body. */
  access: 'read' | 'write';
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
    context: ActionContext<S> & (Paged extends true ? { page: PageRequest } : unknown),
  ): Promise<Paged extends true ? Page<z.input<Output>> : z.input<Output>>;
}

/**
 * An action whose types are no longer of interest: what the pipeline and the generators work with. Its schemas are whole:
 * they have the inputs and outputs that the pipeline adds, too.
 */
export interface Action {
  name: string;
  system: System;
  access: 'read' | 'write';
  title: string;
  description: string;
  input: z.ZodObject;
  output: z.ZodObject;
  example: Record<string, string | number | boolean>;
  paged: boolean;
  run(input: unknown, context: unknown): Promise<object>;
}

/** What is known of an action before it is loaded: as much as its registration takes. */
export interface ActionEntry extends Pick<Action, 'name' | 'system' | 'access'> {
  load(): Promise<{ default: Action }>;
}

const truncated = z
  .boolean()
  .optional()
  .describe('True when something was left out because the answer would be too large.');

const deduplicated = z
  .boolean()
  .optional()
  .describe(
    'True when the same request was made moments ago: nothing was done this time, and this is the earlier answer.',
  );

/** Declares an action: the default export of one file in `functions/<system>/`. */
export function defineAction<
  S extends System,
  Input extends z.ZodObject,
  Output extends z.ZodObject,
  Paged extends boolean = false,
>(definition: ActionDefinition<S, Input, Output, Paged>): Action {
  const { input, output, access, paged = false } = definition;
  // The pipeline gives `run` what this definition's own schema parsed, so the types that are dropped here still hold.
  return {
    ...definition,
    paged,
    input: paged ? input.extend(pagingInput) : input,
    output: output.extend({
      ...(paged && pagingOutput),
      ...(access === 'write' && { deduplicated }),
      truncated,
    }),
  } as unknown as Action;
}
