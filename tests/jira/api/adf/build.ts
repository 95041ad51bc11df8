import type { AdfMark, AdfNode } from '../../../../functions/jira/api/adf/document.ts';

export const text = (value: string, ...marks: (string | AdfMark)[]): AdfNode => ({
  type: 'text',
  text: value,
  marks: marks.map(mark => (typeof mark === 'string' ? { type: mark } : mark)),
});
export const node = (type: string, attrs: Record<string, unknown>, ...content: AdfNode[]): AdfNode => ({
  type,
  attrs,
  content,
});
export const paragraph = (...content: (string | AdfNode)[]): AdfNode =>
  node('paragraph', {}, ...content.map(child => (typeof child === 'string' ? text(child) : child)));
export const item = (...content: (string | AdfNode)[]): AdfNode =>
  node('listItem', {}, ...content.map(child => (typeof child === 'string' ? paragraph(child) : child)));
export const doc = (...content: AdfNode[]): unknown => ({ type: 'doc', version: 1, content });
export const link = (href: string, title?: string): AdfMark => ({
  type: 'link',
  attrs: { href, ...(title && { title }) },
});
export const row = (type: string, ...cells: (string | AdfNode)[]): AdfNode =>
  node('tableRow', {}, ...cells.map(cell => node(type, {}, typeof cell === 'string' ? paragraph(cell) : cell)));
