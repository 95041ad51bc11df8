import { invalidInput } from '../../../shared/failure.ts';
import { ambiguous, calledSo, folded, listed } from './choosing.ts';
import type { LinkType } from './wire.ts';

export interface LinkPhrase {
  type: LinkType;
  /** How the first issue relates to the second. */
  phrase: string;
  /** True when it is the phrase of the second end. */
  isInward: boolean;
}

/**
 * The link that is meant by either phrase of a link type, or else by its name, which means its outward phrase; also by
 * `Name (phrase)`, which tells types with the same phrase apart, and in other forms of the phrase's words: `is a duplicate of`.
 * @throws Failure `ambiguous`, or `invalid_input` that lists the phrases
 */
export function linkCalled(phrase: string, types: readonly LinkType[]): LinkPhrase {
  const ends = types.flatMap((type): LinkPhrase[] => [
    { type, phrase: type.outward, isInward: false },
    // The same phrase for both ends says the same of both.
    ...(folded(type.inward) === folded(type.outward) ? [] : [{ type, phrase: type.inward, isInward: true }]),
  ]);
  const outward = ends.filter(({ isInward }) => !isInward);
  const told = (end: LinkPhrase) => {
    const isShared = types.some(other => other !== end.type && folded(other.name) === folded(end.type.name));
    return `${isShared ? `ID ${end.type.id}` : end.type.name} (${end.phrase})`;
  };
  const found =
    [
      calledSo(ends, phrase, each => each.phrase),
      calledSo(outward, phrase, ({ type }) => type.name),
      calledSo(ends, phrase, told),
      ends.filter(each => stemsOf(each.phrase) === stemsOf(phrase)),
    ].find(matches => matches.length > 0) ?? [];
  if (found.length > 1) throw ambiguous('linkType', phrase, found.map(told));
  if (found[0]) return found[0];
  const phrases = [...new Set(ends.map(each => each.phrase))];
  throw invalidInput([
    { field: 'linkType', message: `There is no such link type. The link types are ${listed(phrases)}.` },
  ]);
}

/** Words that say nothing of which link it is. `by` tells its one end from the other. */
const fillers = new Set(['a', 'an', 'the', 'is', 'are', 'was', 'be', 'been', 'being', 'of', 'to', 'with', 'for']);
const endings = /(?:ions?|ings?|ed|es|s|e)$/;

/** `duplicat` for `duplicates`, `is a duplicate of` and `duplication of`; `block by` for `is blocked by` and `blocked by`. */
function stemsOf(phrase: string): string {
  const words = folded(phrase).split(/[^\p{L}\p{N}]+/u);
  return words.flatMap(word => (word === '' || fillers.has(word) ? [] : word.replace(endings, ''))).join(' ');
}
