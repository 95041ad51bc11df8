import type { AdfDocument } from './document.ts';
import { readBlocks } from './fromMarkdown/blocks.ts';
import { type FindPerson, type HeldByName, linkedMention, type Mention, mentionsOf } from './fromMarkdown/mentions.ts';
import { parse } from './fromMarkdown/parse.ts';

interface MarkdownToAdfOptions {
  /** Finds who is mentioned; undefined leaves a name as text. */
  mention?: FindPerson;
  /** Whom the text mentioned before. */
  held?: HeldByName;
}

/**
 * Converts GitHub-flavoured Markdown to an Atlassian Document Format document, which is always valid. Nodes that the
 * format does not allow where they stand (a heading in a list, a table in a quote) are converted to similar ones that it
 * allows. Images become links, because a picture would have to be uploaded, and HTML becomes text. A line break in a
 * paragraph is kept, as in comments on GitHub.
 *
 * A mention is `[@Ana Ruiz](accountid:5b10…)`, as adfToMarkdown writes it, `[~accountid:5b10…]`, or what
 * `options.mention` finds of `@ana@example.com`, `@"Ana Ruiz"` and `@Ana`.
 *
 * @throws Failure `invalid_input` when the Markdown is longer than 65,536 characters or nested too deeply
 * @see https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export function markdownToAdf(markdown: string, options: MarkdownToAdfOptions = {}): AdfDocument {
  const cursor = {
    tokens: parse(markdown),
    index: 0,
    mention: options.mention ?? (() => undefined),
    held: options.held ?? new Map(),
  };
  return { version: 1, type: 'doc', content: readBlocks(cursor) };
}

/** Who is mentioned outside of code and links, each once, in order. */
export function mentionsIn(markdown: string, held?: HeldByName): Mention[] {
  const mentions = new Map<string, Mention>();
  const add = (mention: Mention | undefined) => mention && mentions.set(keyOf(mention), mention);
  for (const { children } of parse(markdown)) {
    let links = 0;
    for (const [index, token] of (children ?? []).entries()) {
      if (token.type === 'link_open' || token.type === 'link_close') links += token.nesting;
      if (token.type === 'link_open') {
        add(linkedMention(children?.[index + 1]?.content ?? '', String(token.attrGet('href') ?? '')));
      } else if (token.type === 'text' && links === 0) {
        for (const { mention } of mentionsOf(token.content, held)) add(mention);
      }
    }
  }
  return [...mentions.values()];
}

/** What tells one mention from all others of a text. */
export function keyOf({ accountId, written }: Mention): string {
  return accountId ?? written;
}
