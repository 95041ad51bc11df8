import { badRequest } from './jiraError.ts';

type Term = { words: string[]; isPrefix: boolean };

/**
 * A test for what JQL's `~` finds: every word of the query, in any order and case; a phrase in quotation marks; a word's
 * beginning with `*` after it. A backslash makes the next character an ordinary one.
 */
export function textMatcher(query: string, field: string): (text: string) => boolean {
  const terms = termsOf(query, field);
  return text => {
    const words = wordsOf(text);
    return terms.every(term => contains(words, term));
  };
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

function contains(words: string[], { words: wanted, isPrefix }: Term): boolean {
  const isAt = (start: number) =>
    wanted.every((word, index) => {
      const found = words[start + index];
      return isPrefix && index === wanted.length - 1 ? found?.startsWith(word) : found === word;
    });
  return words.some((_, start) => isAt(start));
}

function termsOf(query: string, field: string): Term[] {
  const terms: Term[] = [];
  let current = '';
  let isQuoted = false;
  const finish = (isPrefix: boolean) => {
    const words = wordsOf(current);
    if (words.length > 0) terms.push({ words, isPrefix });
    current = '';
  };
  for (let index = 0; index < query.length; index += 1) {
    const character = query.charAt(index);
    if (character === '\\') {
      index += 1;
      current += query.charAt(index);
    } else if (character === '"') {
      finish(false);
      isQuoted = !isQuoted;
    } else if (character === '*' && !isQuoted) {
      if (wordsOf(current).length === 0) {
        throw badRequest(`The text query '${query}' for field '${field}' is not allowed to start with character '*'.`);
      }
      finish(true);
    } else if (/\s/.test(character) && !isQuoted) finish(false);
    else current += character;
  }
  if (isQuoted) throw badRequest(`Unable to parse the text '${query}' for field '${field}'.`);
  finish(false);
  return terms;
}
