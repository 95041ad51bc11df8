import * as z from 'zod';
import { coerce, inWords } from '../action/input.ts';
import { LIST_TEXT, textLimit } from '../schema/textLimit.ts';
import { strictJson } from '../strictJson.ts';
import { quoted } from '../text.ts';
import { plainValue } from '../time/typedValue.ts';

/**
 * The filters of a search as one JSON object, for an action that has other uses for their names.
 * @param example A JSON object with some of them, for messages.
 */
export function filtersObject<Shape extends z.ZodRawShape>(shape: Shape, example: string) {
  return z
    .string()
    .max(LIST_TEXT)
    .transform((text, context): z.output<z.ZodObject<Shape>> => {
      const { value, problem } = strictJson(text);
      const read =
        problem === undefined ? readFilters(value, shape, example) : { problem: notAnObject(problem, example) };
      if ('filters' in read) return read.filters;
      context.issues.push({ code: 'custom', message: read.problem, input: text });
      return z.NEVER;
    });
}

/** The same as a JSON object, or as a list of up to `most` of them, of which one must hold. */
export function anyFiltersObject<Shape extends z.ZodRawShape>(shape: Shape, example: string, most: number) {
  return z
    .string()
    .max(LIST_TEXT)
    .transform((text, context): z.output<z.ZodObject<Shape>>[] => {
      const { value, problem } = strictJson(text);
      const refuse = (message: string) => {
        context.issues.push({ code: 'custom', message, input: text });
        return z.NEVER;
      };
      if (problem !== undefined) return refuse(notAnObject(problem, example));
      const all: readonly unknown[] = Array.isArray(value) ? value : [value];
      if (all.length === 0 || all.length > most) return refuse(`It must be one object, or a list of up to ${most}.`);
      const read = all.map(each => readFilters(each, shape, example));
      const wrong = read.find(each => 'problem' in each);
      if (wrong && 'problem' in wrong) return refuse(wrong.problem);
      return read.flatMap(each => ('filters' in each ? [each.filters] : []));
    })
    .meta({ takesJson: true });
}

function notAnObject(problem: string, example: string): string {
  return `It ${problem}. It must be a JSON object as a string, such as ${example}.`;
}

function readFilters<Shape extends z.ZodRawShape>(
  value: unknown,
  shape: Shape,
  example: string,
): { filters: z.output<z.ZodObject<Shape>> } | { problem: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problem: notAnObject('is no object', example) };
  }
  const filters = z.strictObject(shape);
  const schemas = new Map(Object.entries(filters.shape));
  const given = Object.entries(value)
    .map(([name, each]): [string, unknown] => [name, plainValue(each)])
    .filter(([, each]) => each !== null && each !== '');
  const limits = new Map([...schemas].map(([name, schema]) => [name, textLimit(schema)]));
  const long = given.find(([name, each]) => lengthOf(asInput(each, name, schemas)) > (limits.get(name) ?? LIST_TEXT));
  if (long) return { problem: `${quoted(long[0])} is too long.` };
  const read = filters.safeParse(
    Object.fromEntries(given.map(([name, each]) => [name, asInput(each, name, schemas)])),
    {
      error: inWords,
    },
  );
  if (read.success) return { filters: read.data };
  const problems = read.error.issues.map(issue =>
    issue.code === 'unrecognized_keys'
      ? `There is no filter ${issue.keys.map(quoted).join(', ')}. There are ${[...schemas.keys()].join(', ')}.`
      : `${String(issue.path[0])}: ${issue.message}`,
  );
  return { problem: problems.join(' ') };
}

/** An object that somebody wrote may have a `toString` that is none, so it is never turned into a text by itself. */
function lengthOf(value: unknown): number {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).length;
}

/** What JSON has for an input that is a text: a list of names, or an object. */
function asInput(value: unknown, name: string, schemas: ReadonlyMap<string, z.core.$ZodType>): unknown {
  const schema = schemas.get(name);
  if (typeof value === 'boolean') return value;
  // Only one of several names needs to be told from the next.
  if (Array.isArray(value) && value.length === 1 && name !== 'where') return asInput(value[0], name, schemas);
  return schema instanceof z.ZodType
    ? coerce(schema, typeof value === 'string' ? value : JSON.stringify(value))
    : value;
}
