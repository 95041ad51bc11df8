import { anyOf, containing, type Soql, soql } from './soql.ts';

/** Titles that people shorten, and what they stand for. */
const shortened: readonly (readonly [short: string, long: string])[] = [
  ['CEO', 'Chief Executive Officer'],
  ['CFO', 'Chief Financial Officer'],
  ['COO', 'Chief Operating Officer'],
  ['CTO', 'Chief Technology Officer'],
  ['CIO', 'Chief Information Officer'],
  ['CISO', 'Chief Information Security Officer'],
  ['CHRO', 'Chief Human Resources Officer'],
  ['EVP', 'Executive Vice President'],
  ['SVP', 'Senior Vice President'],
  ['VP', 'Vice President'],
];
const longOf = (word: string) => shortened.find(([short]) => short === word.toUpperCase())?.[1];

const separators = [' ', ',', '/', '&', '-'];

/** The patterns of LIKE for texts that have a word of letters in them as one of its own: a CTO is no direCTOr. */
function wordPatterns(word: string): string[] {
  return [
    word,
    ...separators.flatMap(separator => [`${word}${separator}%`, `%${separator}${word}`]),
    `% ${word} %`,
    `% ${word},%`,
    `%(${word})%`,
  ];
}

/** People whose job title has this in it, shortened or not: `CFO` finds a `Chief Financial Officer`, and the other way round. */
export function hasJobTitle(given: string): Soql {
  const title = given.replace(/\s+/g, ' ');
  const [short] = shortened.find(pair => pair.some(name => name.toLowerCase() === title.toLowerCase())) ?? [];
  const written = title
    .split(' ')
    .map(word => longOf(word) ?? word)
    .join(' ');
  const parts = short === undefined ? [title, written] : [written];
  return anyOf([
    ...[...new Set(parts)].map(part => soql`Title LIKE ${containing(part)}`),
    ...(short === undefined ? [] : wordPatterns(short)).map(pattern => soql`Title LIKE ${pattern}`),
  ]);
}
