import { quoted } from '../../../shared/text.ts';

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
  const words = wordsIn(text);
  return isEnough(words) ? words.map(asWord).join(' ') : undefined;
}

/**
 * What to search for where no record has all words of a question: the words that matter alone, then those of them that are
 * longer than three letters, then any of those that matter. None of them is what `searchWords` makes of it.
 */
export function widerWords(text: string): { words: string; how: string }[] {
  const all = wordsIn(text);
  const telling = all.filter(word => !common.has(word.toLowerCase()) && [...word].length > 1);
  const long = telling.filter(word => [...word].length > 3);
  const ways = [
    { of: telling, by: ' ', how: 'the words' },
    { of: long, by: ' ', how: 'the words' },
    { of: telling, by: ' OR ', how: 'any of the words' },
  ].filter(({ of, by }) => isEnough(of) && (by === ' ' || of.length > 1));
  const found = ways.map(({ of, by, how }) => ({
    words: of.map(asWord).join(by),
    how: `${how} ${of.map(quoted).join(', ')}`,
  }));
  const known = new Set([all.map(asWord).join(' ')]);
  return found.filter(({ words }) => !known.has(words) && known.add(words));
}

/** Words of questions, which articles need not have. */
const common = new Set(
  'a an the of to in on at by for from with and or not is are was be been am do does did can could should would will may must how what when where which who why i me my we us our you your it its he she they them their this that these those there have has had get got if as so not no any some please help need want way'.split(
    ' ',
  ),
);

function wordsIn(text: string): string[] {
  return text
    .toWellFormed()
    .replace(signs, ' ')
    .split(/\s+/)
    .map(trimmed)
    .filter(word => /[\p{L}\p{N}]/u.test(word));
}

function isEnough(words: readonly string[]): boolean {
  return [...words.join('').replace(/[^\p{L}\p{N}]/gu, '')].length >= 2;
}

const asWord = (word: string) => (operators.has(word.toLowerCase()) ? `"${word}"` : word);

/** A word without what is before its first letter or digit and behind its last, such as a minus sign. */
function trimmed(word: string): string {
  const characters = [...word];
  const isLetter = (character: string) => letter.test(character);
  return characters.slice(characters.findIndex(isLetter), characters.findLastIndex(isLetter) + 1).join('');
}
