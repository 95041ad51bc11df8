import * as z from 'zod';
import type { AdfNode } from './model.ts';

const node = z.strictObject({
  type: z.string(),
  text: z.string().exactOptional(),
  attrs: z.record(z.string(), z.unknown()).exactOptional(),
  marks: z
    .array(z.strictObject({ type: z.string(), attrs: z.record(z.string(), z.unknown()).exactOptional() }))
    .exactOptional(),
  get content(): z.ZodExactOptional<z.ZodArray<typeof node>> {
    return z.array(node).exactOptional();
  },
});

/** The shape of a document, whatever its nodes are. */
export const documentShape = node.extend({ type: z.literal('doc'), version: z.literal(1) });

/** A document of one paragraph. */
export const paragraph = (text: string): AdfNode => ({
  type: 'doc',
  version: 1,
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
});

/** Whether a value is a document, as far as Jira looks before it stores one. */
export function isDocument(value: unknown): value is AdfNode {
  if (typeof value !== 'object' || value === null) return false;
  const { type, version, content } = value as Partial<AdfNode>;
  return type === 'doc' && version === 1 && Array.isArray(content);
}

/** The text of a document as a reader sees it, with line breaks between blocks. */
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
