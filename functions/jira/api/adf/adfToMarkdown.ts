import { renderBlocks } from './toMarkdown/blocks.ts';
import type { Budget } from './toMarkdown/place.ts';

/**
 * Converts an Atlassian Document Format document to GitHub-flavoured Markdown. No text is lost but what is behind
 * 65,536 characters, or what several documents that share a `budget` have left: nodes that Markdown cannot show, unknown
 * nodes and those nested deeper than 64 levels are written as plain text.
 *
 * A mention is `[@Ana Ruiz](accountid:5b10…)`, a panel an alert (`> [!INFO]`), a file `[attachment: plan.pdf]`.
 * A string is returned unchanged (API v2 answers plain text); null and undefined become ''.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export function adfToMarkdown(document: unknown, budget: Budget = { left: MAX_MARKDOWN }): string {
  return toMarkdown(document, budget, false);
}

/** The same as people read it: a mention is `@Ana Ruiz`, which `heldMentions` of the document knows again. */
export function shownMarkdown(document: unknown, budget: Budget = { left: MAX_MARKDOWN }): string {
  return toMarkdown(document, budget, true);
}

function toMarkdown(document: unknown, budget: Budget, isNamed: boolean): string {
  if (typeof document === 'string') return cut(document, budget);
  const nodes = Array.isArray(document) ? document : [document];
  const own = { left: Math.min(budget.left, MAX_MARKDOWN) };
  const given = own.left;
  const markdown = renderBlocks(nodes, { prefix: '', oneLine: false, depth: 0, budget: own, isNamed });
  budget.left -= given - own.left;
  return own.left > 0 ? markdown : `${markdown}… [cut]`;
}

/** Twice the limit of Jira's text fields (32,767), because Markdown's delimiters count here. */
const MAX_MARKDOWN = 65_536;

function cut(text: string, budget: Budget): string {
  const length = Math.max(0, Math.min(budget.left, MAX_MARKDOWN));
  budget.left -= text.length;
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}… [cut]`;
}
