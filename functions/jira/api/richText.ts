import { withLineBreaks } from '../../../shared/escapedTwice.ts';
import { Failure } from '../../../shared/failure.ts';
import type { AdfDocument } from './adf/document.ts';
import { findMentioned } from './mentioned.ts';
import type { People } from './people.ts';

/** The document as a type alias, which jira.js's types accept and an interface they do not. */
export type RichText = Pick<AdfDocument, keyof AdfDocument>;

/** Each mention costs a request. */
const MAX_MENTIONS = 20;

/**
 * Markdown as an Atlassian document, in which people who are mentioned are notified where exactly one matches; of each
 * of the others `people.notes` has a sentence. A text that was escaped twice is read as what was meant.
 * @throws Failure `invalid_input`
 */
export async function toRichText(markdown: string, people: People): Promise<RichText> {
  const { keyOf, markdownToAdf, mentionsIn } = await import('./adf/markdownToAdf.ts');
  const text = withLineBreaks(markdown);
  const mentions = mentionsIn(text);
  // A word behind an @ may be anything, so that any number of them is taken.
  const sure = mentions.filter(({ isBare }) => !isBare);
  if (sure.length > MAX_MENTIONS) {
    throw new Failure('invalid_input', `The text mentions more than ${MAX_MENTIONS} people. Mention fewer.`);
  }
  const bare = mentions.filter(({ isBare }) => isBare);
  const looked = [...sure, ...bare.slice(0, MAX_MENTIONS - sure.length)];
  const found = new Map(
    await Promise.all(looked.map(async mention => [keyOf(mention), await findMentioned(mention, people)] as const)),
  );
  for (const mention of bare) if (!found.has(keyOf(mention))) people.notes.add(`${mention.written} was not looked up.`);
  return markdownToAdf(text, { mention: mention => found.get(keyOf(mention)) });
}
