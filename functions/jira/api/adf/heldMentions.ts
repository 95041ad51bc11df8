import { Failure } from '../../../../shared/failure.ts';
import { readable } from '../../../../shared/readable.ts';
import { adfToMarkdown } from './adfToMarkdown.ts';
import type { Held } from './fromMarkdown/mentions.ts';
import { mentionsIn } from './markdownToAdf.ts';
import { arrayOf, fieldsOf, ownText, stringOf } from './toMarkdown/nodes.ts';

/** What a document has with an @ in front. */
export interface HeldMentions {
  /** Those that it mentions, by how they are shown: `@Ana Ruiz`. */
  people: ReadonlyMap<string, Held>;
  /** What only looks like a mention, `@Ana Ruiz Please`, also without its last words. */
  plain: ReadonlySet<string>;
}

/** The characters of a document that are looked at: less than a text may have. */
const MAX_LOOKED_AT = 60_000;
/** Nodes of a document; each has a character at least, or others within it. */
const MAX_NODES = 100_000;

/** The mentions of a document that is to be replaced, which a text that keeps them is to keep. */
export function heldMentions(document: unknown): HeldMentions {
  const plain = new Set<string>();
  for (const { accountId, written, isBare } of mentionsOf(document)) {
    if (accountId !== undefined) continue;
    plain.add(written);
    const words = written.split(' ');
    for (let count = 1; isBare && count < words.length; count += 1) plain.add(words.slice(0, count).join(' '));
  }
  return { people: peopleIn(document), plain };
}

/** Each in its order; what is beside a mention without a blank is beside it in a text that keeps it, too: `请@李雷看`. */
function peopleIn(document: unknown): Map<string, Held> {
  const people = new Map<string, { accountIds: string[]; before: Set<string>; after: Set<string> }>();
  const stack = [document];
  for (let left = MAX_NODES; stack.length > 0 && left > 0; left -= 1) {
    const node = fieldsOf(stack.pop());
    const content = arrayOf(node.content).slice(0, MAX_NODES - stack.length);
    for (const [at, each] of content.entries()) {
      const { type, attrs } = fieldsOf(each);
      const accountId = stringOf(fieldsOf(attrs).id);
      if (type !== 'mention' || accountId === '') continue;
      const shown = shownText(each);
      const held = people.get(shown) ?? { accountIds: [], before: new Set(), after: new Set() };
      held.accountIds.push(accountId);
      held.before.add([...shownText(content[at - 1]).slice(-2)].at(-1) ?? '');
      held.after.add([...shownText(content[at + 1]).slice(0, 2)][0] ?? '');
      people.set(shown, held);
    }
    stack.push(...content.toReversed());
  }
  return people;
}

const shownText = (node: unknown) => readable(ownText(fieldsOf(node)));

/** None of a document that is nested too deeply to be read as a text. */
function mentionsOf(document: unknown) {
  try {
    return mentionsIn(adfToMarkdown(document, { left: MAX_LOOKED_AT }));
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}
