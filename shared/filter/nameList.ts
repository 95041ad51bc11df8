/**
 * The distinct names of a list that is separated by commas. A name that has a comma in it stands in double quotation marks:
 * `"Ruiz, Ana", Li Wei` has two.
 */
export function nameList(text: string): string[] {
  const names = [...text.matchAll(/"([^"]*)"|[^",]+/g)].map(([part, inQuotes]) => (inQuotes ?? part).trim());
  return [...new Set(names.filter(Boolean))];
}
