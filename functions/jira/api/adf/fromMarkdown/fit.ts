import type { AdfNode } from '../document.ts';
import { code } from './inline.ts';

/** The nodes that the format allows in a container. Others are converted to fit. */
const allowedIn = {
  blockquote: new Set(['paragraph', 'orderedList', 'bulletList', 'codeBlock']),
  panel: new Set(['paragraph', 'heading', 'bulletList', 'orderedList', 'codeBlock', 'taskList', 'rule']),
  listItem: new Set(['paragraph', 'bulletList', 'orderedList', 'taskList', 'codeBlock']),
};

/** Converts blocks to those that the container allows, with the same text. A container is never left empty. */
export function adapt(blocks: readonly AdfNode[], container: keyof typeof allowedIn): AdfNode[] {
  const fitting = blocks.flatMap((block): AdfNode[] => {
    if (allowedIn[container].has(block.type)) return [block];
    switch (block.type) {
      case 'rule':
        return [];
      case 'heading':
        return [{ type: 'paragraph', content: (block.content ?? []).map(strong) }];
      case 'blockquote':
      case 'panel':
        return adapt(block.content ?? [], container);
      default:
        return linesOf(block).map(content => ({ type: 'paragraph', content }));
    }
  });
  return fitting.length > 0 ? fitting : [{ type: 'paragraph', content: [] }];
}

function strong(node: AdfNode): AdfNode {
  const marks = node.marks ?? [];
  const isPlain = node.type === 'text' && !marks.some(mark => mark.type === 'strong' || mark.type === 'code');
  return isPlain ? { ...node, marks: [...marks, { type: 'strong' }] } : node;
}

/** A block as lines of inline content, for containers that hold nothing else. */
export function linesOf(block: AdfNode): AdfNode[][] {
  const content = block.content ?? [];
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return [content];
    case 'codeBlock':
      return (content[0]?.text ?? '')
        .split('\n')
        .map(line => (line === '' ? [] : [{ type: 'text', text: line, marks: [code] }]));
    case 'taskItem':
      return [[{ type: 'text', text: block.attrs?.state === 'DONE' ? '[x] ' : '[ ] ' }, ...content]];
    case 'tableRow':
      return [
        content.flatMap((cell, index) => [
          ...(index > 0 ? [{ type: 'text', text: ' | ' }] : []),
          ...linesOf(cell).flat(),
        ]),
      ];
    case 'bulletList':
    case 'orderedList':
      return content.flatMap((item, index) => {
        const marker = block.type === 'bulletList' ? '• ' : `${Number(block.attrs?.order) + index}. `;
        const [first = [], ...others] = linesOf(item);
        return [[{ type: 'text', text: marker }, ...first], ...others];
      });
    default:
      return content.flatMap(linesOf);
  }
}

export function joinLines(lines: readonly AdfNode[][]): AdfNode[] {
  return lines.flatMap((line, index) => (index > 0 ? [{ type: 'hardBreak' }, ...line] : line));
}
