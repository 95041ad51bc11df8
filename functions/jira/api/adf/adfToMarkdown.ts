import { renderBlocks } from './toMarkdown/blocks.ts';

/**
 * Converts an Atlassian Document Format document to GitHub-flavoured Markdown. No text is lost: nodes that Markdown
 * cannot show, unknown nodes and those nested deeper than 64 levels are written as plain text.
 *
 * A mention is `[@Ana Ruiz](accountid:5b10…)`, a panel an alert (`> [!INFO]`), a file `[attachment: plan.pdf]`.
 * A string is returned unchanged (API v2 answers plain text); null and undefined become ''.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export function adfToMarkdown(document: unknown): string {
  if (typeof document === 'string') return document;
  const nodes = Array.isArray(document) ? document : [document];
  return renderBlocks(nodes, { prefix: '', oneLine: false, depth: 0 });
}
