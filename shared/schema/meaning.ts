import * as z from 'zod';

declare module 'zod' {
  /** What a field means, declared where the field is: nothing is concluded from its name. */
  interface GlobalMeta {
    /** Of an input: the kind of thing that its value names, such as `project`; it may be `not_found`. Empty for none. */
    names?: string;
    /** Of an input: true when its value may match several things, which is `ambiguous`. */
    mayMatchSeveral?: boolean;
    /** Of an input: the list that a maker chooses its value from. */
    choices?: Choices;
    /** Of an input: true when a list that was not written as a text is its JSON, and not its items with commas between them. */
    takesJson?: boolean;
    /** Of an input: true when most callers leave it alone. */
    advanced?: boolean;
    /** Of an input of a write: true when it only lets the write be made, so that with it and without it the same is written. */
    permits?: boolean;
    /** A word of the field's name that is written so, such as `ID` in `accountId`. */
    acronym?: string;
    /** Of an output: true when it tells one thing from all others, as an ID does. */
    identifier?: boolean;
    /** Of an output: true when it is useless in part, so that it is never cut for size. */
    whole?: boolean;
    /** Of an output: true when it is for programs, so that it is not shown to people. */
    machine?: boolean;
    /** Of an output: true for the field that names the object it is in. */
    heading?: boolean;
    /** Of an output: true for the address at which a person opens the object it is in. */
    link?: boolean;
  }
}

/** Where the values of an input come from: an action of the same system, and where its answer has them. */
export interface Choices {
  action: string;
  /** The list in the answer. */
  collection: string;
  /** The fields of an item: what a person sees, and what the input takes. */
  title: string;
  value: string;
  /** The inputs of that action: values, or inputs of the same operation to take them from. */
  inputs: Record<string, number | { input: string }>;
}

type AnySchema = z.core.$ZodType;

/** What a field means, whatever optional, default and the like are around it. */
export function meaningOf(schema: AnySchema): z.GlobalMeta {
  const inner = innerOf(schema);
  return { ...(inner && meaningOf(inner)), ...z.globalRegistry.get(schema) };
}

/** The fields of an object, or of the objects in a list; none for anything else. */
export function fieldsOf(schema: AnySchema | undefined): Readonly<Record<string, AnySchema>> {
  if (!schema) return {};
  if (schema instanceof z.ZodObject) return schema.shape;
  return fieldsOf(schema instanceof z.ZodArray ? schema.element : innerOf(schema));
}

/** What a schema is underneath optional, default, a transformation and the like. */
export function innerOf(schema: AnySchema): AnySchema | undefined {
  const { innerType, in: source } = schema._zod.def as { innerType?: AnySchema; in?: AnySchema };
  return innerType ?? source;
}

/** An output that other actions take: an ID. */
export function id(description: string) {
  return z.string().meta({ description, whole: true, machine: true, identifier: true, acronym: 'ID' });
}

/** An output that people quote and other actions take: an issue key. */
export function key(description: string) {
  return z.string().meta({ description, whole: true, identifier: true });
}

/** An output with the address at which a person opens the object that it belongs to. */
export function link(description: string) {
  return z.url().meta({ description, whole: true, machine: true, link: true, acronym: 'URL' });
}

/** An output that names the object that it belongs to. */
export function heading(description: string) {
  return z.string().meta({ description, heading: true });
}

/** An output with a sentence that sums up the answer. */
export function summary(description: string) {
  return z.string().meta({ description, whole: true });
}
