import type { AdfNode } from './document.ts';

/** Longer texts are cut, so that Jira takes them together with what stands above them. */
const MAX_LINES = 2_000;

/**
 * A plain text as a quote: every sign in it is itself, and nobody whom it names is mentioned. A line break is kept, and
 * an empty line parts paragraphs.
 * https://developer.atlassian.com/cloud/jira/platform/apis/document/nodes/blockquote/
 */
export function quoteOf(text: string): AdfNode {
  const lines = text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/(?!\n)\p{Cc}/gu, ' ')
    .split('\n')
    .slice(0, MAX_LINES);
  const paragraphs: string[][] = [[]];
  for (const line of lines) {
    if (line.trim() === '') paragraphs.push([]);
    else paragraphs.at(-1)?.push(line);
  }
  const content = paragraphs.filter(({ length }) => length > 0).map(toParagraph);
  return { type: 'blockquote', content: content.length > 0 ? content : [{ type: 'paragraph', content: [] }] };
}

function toParagraph(lines: readonly string[]): AdfNode {
  const content = lines.flatMap((line, at): AdfNode[] => [
    ...(at > 0 ? [{ type: 'hardBreak' }] : []),
    { type: 'text', text: line },
  ]);
  return { type: 'paragraph', content };
}
