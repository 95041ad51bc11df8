import { Failure } from '../../../../shared/failure.ts';
import { adfToMarkdown } from './adfToMarkdown.ts';
import { mentionsIn } from './markdownToAdf.ts';

/** What a document has with an @ in front. */
export interface HeldMentions {
  /** The accounts of those that it mentions, by how they are shown: `@Ana Ruiz`. Several people may have one name. */
  accounts: ReadonlyMap<string, readonly string[]>;
  /** What only looks like a mention, `@Ana Ruiz Please`, also without its last words. */
  plain: ReadonlySet<string>;
}

/** The characters of a document that are looked at: less than a text may have. */
const MAX_LOOKED_AT = 60_000;
/** A text that mentions more is not edited with all of them kept. */
const MAX_HELD = 100;

/** The mentions of a document that is to be replaced, which a text that keeps them is to keep. */
export function heldMentions(document: unknown): HeldMentions {
  const accounts = new Map<string, string[]>();
  const plain = new Set<string>();
  for (const { accountId, written, isBare } of mentionsOf(document)) {
    if (accountId !== undefined) {
      if (accounts.size < MAX_HELD) accounts.set(written, [...(accounts.get(written) ?? []), accountId]);
      continue;
    }
    plain.add(written);
    const words = written.split(' ');
    for (let count = 1; isBare && count < words.length; count += 1) plain.add(words.slice(0, count).join(' '));
  }
  return { accounts, plain };
}

/** None of a document that is nested too deeply to be read as a text. */
function mentionsOf(document: unknown) {
  try {
    return mentionsIn(adfToMarkdown(document, { left: MAX_LOOKED_AT }));
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}
