import type { AdfDocument } from './document.ts';
import { readBlocks } from './fromMarkdown/blocks.ts';
import { emailMention, type FindPerson } from './fromMarkdown/inline.ts';
import { parse } from './fromMarkdown/parse.ts';

interface MarkdownToAdfOptions {
  /** Finds the person that `@name@host` names; undefined leaves it as text. */
  mention?: FindPerson;
}

/**
 * Converts GitHub-flavoured Markdown to an Atlassian Document Format document, which is always valid. Nodes that the
 * format does not allow where they stand (a heading in a list, a table in a quote) are converted to similar ones that it
 * allows. Images become links, because a picture would have to be uploaded, and HTML becomes text. A line break in a
 * paragraph is kept, as in comments on GitHub.
 *
 * A mention is `[@Ana Ruiz](accountid:5b10…)`, as adfToMarkdown writes it, or `@ana@example.com` when
 * `options.mention` finds that person.
 *
 * @throws Failure `invalid_input` when the Markdown is longer than 65,536 characters or nested too deeply
 * @see https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export function markdownToAdf(markdown: string, options: MarkdownToAdfOptions = {}): AdfDocument {
  const cursor = { tokens: parse(markdown), index: 0, mention: options.mention ?? (() => undefined) };
  return { version: 1, type: 'doc', content: readBlocks(cursor) };
}

/** The distinct e-mail addresses that are mentioned as `@name@host`, outside of code and links, in order. */
export function mentionsIn(markdown: string): string[] {
  const emails = new Set<string>();
  for (const { children } of parse(markdown)) {
    let links = 0;
    for (const token of children ?? []) {
      if (token.type === 'link_open' || token.type === 'link_close') links += token.nesting;
      if (token.type !== 'text' || links > 0) continue;
      for (const [, email = ''] of token.content.matchAll(emailMention)) emails.add(email);
    }
  }
  return [...emails];
}
