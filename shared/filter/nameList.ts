import { parseJson } from '../parseJson.ts';

/**
 * The distinct names of a list that is separated by commas, or written as JSON. A name that has a comma in it stands in double
 * quotation marks: `"Ruiz, Ana", Li Wei` and `["Ruiz, Ana", "Li Wei"]` have the same two.
 */
export function nameList(text: string): string[] {
  const names = inJson(text) ?? [...text.matchAll(/"([^"]*)"|[^",]+/g)].map(([part, inQuotes]) => inQuotes ?? part);
  return [...new Set(names.map(name => name.trim().replace(/\s+/g, ' ')).filter(Boolean))];
}

/** The texts and numbers of a list in JSON; undefined where it is none, or has other things in it. */
function inJson(text: string): string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  const list = parseJson(text);
  if (!Array.isArray(list)) return undefined;
  const names = list.flatMap(each => (each === null ? [] : [each]));
  return names.every(each => typeof each === 'string' || typeof each === 'number') ? names.map(String) : undefined;
}
