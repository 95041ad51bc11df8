import MarkdownIt, { type Token } from 'markdown-it';
import { Failure } from '../../../../../shared/failure.ts';

/** Twice the limit of Jira's text fields (32,767), because Markdown's delimiters count here. */
const maxLength = 65_536;

const maxNesting = 100;

// The format has no HTML: it becomes text, except for the tags that stand for marks, so no HTML block is recognised.
const parser = new MarkdownIt({ html: true, linkify: true, maxNesting }).disable('html_block');
// Only an address with a scheme is a link: "node.js" and "ana@example.com" are text.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false }).add('//', null);
parser.normalizeLink = url => url.replace(/\s/g, encodeURIComponent);
parser.normalizeLinkText = url => url;

export function parse(markdown: string): Token[] {
  if (markdown.length > maxLength) {
    const length = markdown.length.toLocaleString('en');
    throw new Failure(
      'invalid_input',
      `The Markdown is ${length} characters long. The limit is ${maxLength.toLocaleString('en')}: shorten it or split it.`,
    );
  }
  const tokens = parser.parse(markdown, {});
  // Beyond its limit the parser drops nested content, which must not be lost silently.
  if (tokens.some(token => token.level + token.nesting >= maxNesting)) {
    throw new Failure('invalid_input', 'The Markdown nests lists or quotes too deeply: use at most 40 levels.');
  }
  return tokens;
}
