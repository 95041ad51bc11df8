import MarkdownIt from 'markdown-it';

/** Beyond it the parser drops what is nested. */
const maxNesting = 100;

/** What HTML there is in a text is shown as it was written, and no image is fetched from elsewhere. */
const parser = new MarkdownIt({ html: false, breaks: true, maxNesting }).disable('image');

/** The HTML of a Markdown text, for a rich text of Salesforce's. */
export function markdownToHtml(markdown: string): string {
  return parser.render(markdown).trim();
}
