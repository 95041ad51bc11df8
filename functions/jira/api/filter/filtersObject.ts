import * as z from 'zod';
import { coerce, inWords } from '../../../../shared/action/input.ts';
import { LIST_TEXT, textLimit } from '../../../../shared/schema/textLimit.ts';
import { strictJson } from '../../../../shared/strictJson.ts';
import { quoted } from '../../../../shared/text.ts';
import { plainValue } from '../../../../shared/time/typedValue.ts';
import { filterInputs, type GivenFilters } from './filterInputs.ts';

const filters = z.strictObject(filterInputs);

/** The filters of a search as one JSON object, for an action that has other uses for their names. */
export const filtersObject = z
  .string()
  .max(LIST_TEXT)
  .transform((text, context): GivenFilters => {
    const { value, problem } = strictJson(text);
    const refuse = (message: string) => {
      context.issues.push({ code: 'custom', message, input: text });
      return z.NEVER;
    };
    if (problem !== undefined || typeof value !== 'object' || value === null || Array.isArray(value)) {
      return refuse(
        `It ${problem ?? 'is no object'}. It must be a JSON object as a string, such as {"projectId": "ABC", "openOnly": true}.`,
      );
    }
    const given = Object.entries(value)
      .map(([name, each]): [string, unknown] => [name, plainValue(each)])
      .filter(([, each]) => each !== null && each !== '');
    const limits = new Map(Object.entries(filters.shape).map(([name, schema]) => [name, textLimit(schema)]));
    const long = given.find(([name, each]) => String(asInput(each, name)).length > (limits.get(name) ?? LIST_TEXT));
    if (long) return refuse(`${quoted(long[0])} is too long.`);
    const read = filters.safeParse(Object.fromEntries(given.map(([name, each]) => [name, asInput(each, name)])), {
      error: inWords,
    });
    if (read.success) return read.data;
    return refuse(
      read.error.issues
        .map(issue =>
          issue.code === 'unrecognized_keys'
            ? `There is no filter ${issue.keys.map(quoted).join(', ')}. There are ${Object.keys(filters.shape).join(', ')}.`
            : `${String(issue.path[0])}: ${issue.message}`,
        )
        .join(' '),
    );
  });

/** What JSON has for an input that is a text: a list of names, or an object. */
function asInput(value: unknown, name: string): unknown {
  const schema = Object.entries(filters.shape).find(([each]) => each === name)?.[1];
  if (typeof value === 'boolean') return value;
  return schema ? coerce(schema, typeof value === 'string' ? value : JSON.stringify(value)) : value;
}
