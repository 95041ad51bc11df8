/** Signs that mean something to the search, where they stand in a word or before it. */
const signs = /[\p{Cc}"*?\\(){}[\]^~!&|+:;,<>=]/gu;
const letter = /[\p{L}\p{N}\p{M}]/u;
const operators = new Set(['and', 'or', 'not']);

/**
 * What a person typed, as words for Salesforce's search: signs are none of its operators and wildcards, and a word that is
 * one is quoted. Undefined where there are not two letters or digits in it, which the search refuses.
 * https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_sosl_find.htm
 */
export function searchWords(text: string): string | undefined {
  const words = text
    .toWellFormed()
    .replace(signs, ' ')
    .split(/\s+/)
    .map(trimmed)
    .filter(word => /[\p{L}\p{N}]/u.test(word));
  const letters = words.join('').replace(/[^\p{L}\p{N}]/gu, '');
  if ([...letters].length < 2) return undefined;
  return words.map(word => (operators.has(word.toLowerCase()) ? `"${word}"` : word)).join(' ');
}

/** A word without what is before its first letter or digit and behind its last, such as a minus sign. */
function trimmed(word: string): string {
  const characters = [...word];
  const isLetter = (character: string) => letter.test(character);
  return characters.slice(characters.findIndex(isLetter), characters.findLastIndex(isLetter) + 1).join('');
}
