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
 * @param current The document that it replaces: whom that mentions stays mentioned, and what is no mention in it becomes none.
 * @throws Failure `invalid_input`
 */
export async function toRichText(markdown: string, people: People, current?: unknown): Promise<RichText> {
  const { keyOf, markdownToAdf, mentionsIn } = await import('./adf/markdownToAdf.ts');
  const { heldMentions } = await import('./adf/heldMentions.ts');
  const text = withLineBreaks(markdown);
  const { people: held, plain } = heldMentions(current);
  const known = new Set([...held.values()].flatMap(({ accountIds }) => accountIds));
  const mentions = mentionsIn(text, held).filter(mention => {
    if (mention.isHeld || known.has(mention.accountId ?? '')) return false;
    if (!plain.has(mention.written)) return true;
    people.notes.add(`${mention.written} stays what it was, plain text, and notified nobody.`);
    return false;
  });
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
  // Where several people have one name, they are taken in their order.
  const kept = new Map<string, number>();
  const keep = (shown: string) => {
    const count = kept.get(shown) ?? 0;
    kept.set(shown, count + 1);
    const { accountIds = [] } = held.get(shown) ?? {};
    const id = accountIds[count] ?? accountIds.at(-1);
    return id === undefined ? undefined : { id, text: shown };
  };
  const document = markdownToAdf(text, {
    held,
    mention: mention => (mention.isHeld ? keep(mention.written) : found.get(keyOf(mention))),
  });
  for (const [shown, count] of kept) {
    const { accountIds = [] } = held.get(shown) ?? {};
    if (count === accountIds.length || new Set(accountIds).size < 2) continue;
    people.notes.add(
      `Several people were mentioned as ${shown}, ${accountIds.length} times in all and now ${count}: they were taken in their order. Check in Jira who is mentioned.`,
    );
  }
  return document;
}
