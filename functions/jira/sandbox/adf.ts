import type { AdfNode } from './model.ts';

/** A document of the given blocks; a string is a paragraph. */
export const doc = (...blocks: (AdfNode | string)[]): AdfNode => ({
  type: 'doc',
  version: 1,
  content: blocks.map(block => (typeof block === 'string' ? paragraph(block) : block)),
});

export const text = (value: string, ...marks: NonNullable<AdfNode['marks']>): AdfNode =>
  marks.length > 0 ? { type: 'text', text: value, marks } : { type: 'text', text: value };

export const paragraph = (...inline: (AdfNode | string)[]): AdfNode => ({
  type: 'paragraph',
  content: inline.map(node => (typeof node === 'string' ? text(node) : node)),
});

/** Whether a value is a document, as far as Jira looks before it stores one. */
export function isDocument(value: unknown): value is AdfNode {
  if (typeof value !== 'object' || value === null) return false;
  const { type, version, content } = value as Partial<AdfNode>;
  return type === 'doc' && version === 1 && Array.isArray(content);
}

/** All that a reader sees of a document, blocks separated by line breaks. */
export function plainText(node: AdfNode): string {
  if (node.type === 'text') return node.text ?? '';
  if (node.type === 'hardBreak') return '\n';
  const { text: label, shortName, url, timestamp } = node.attrs ?? {};
  const own =
    label ??
    shortName ??
    url ??
    (timestamp === undefined ? '' : new Date(Number(timestamp)).toISOString().slice(0, 10));
  const isBlock = (node.content ?? []).some(child => child.type !== 'text' && child.content !== undefined);
  return String(own) + (node.content ?? []).map(plainText).join(isBlock ? '\n' : '');
}
