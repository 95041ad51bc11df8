import type { Token } from 'markdown-it';
import type { AdfNode } from '../document.ts';
import { adapt, joinLines, linesOf } from './fit.ts';
import { inlineNodes } from './inline.ts';
import type { FindPerson, HeldByName } from './mentions.ts';

/** The panel type for each label: those of GitHub's alerts (`> [!NOTE]`), and the panel types themselves. */
const panelTypes = new Map([
  ['info', 'info'],
  ['note', 'note'],
  ['tip', 'tip'],
  ['success', 'success'],
  ['warning', 'warning'],
  ['error', 'error'],
  ['custom', 'custom'],
  ['important', 'note'],
  ['caution', 'error'],
]);

interface Cursor {
  tokens: readonly Token[];
  index: number;
  mention: FindPerson;
  /** What the text mentioned before, as it is shown. */
  held: HeldByName;
}

/** Reads blocks up to the end of the container that the cursor is in, and moves past that end. */
export function readBlocks(cursor: Cursor): AdfNode[] {
  const blocks: AdfNode[] = [];
  for (let token = cursor.tokens[cursor.index++]; token && token.nesting >= 0; token = cursor.tokens[cursor.index++]) {
    switch (token.type) {
      case 'paragraph_open':
        blocks.push({ type: 'paragraph', content: readInlineBlock(cursor) });
        break;
      case 'heading_open':
        blocks.push({
          type: 'heading',
          attrs: { level: Number(token.tag.slice(1)) },
          content: readInlineBlock(cursor),
        });
        break;
      case 'bullet_list_open':
        blocks.push(...readBulletList(cursor));
        break;
      case 'ordered_list_open':
        blocks.push({
          type: 'orderedList',
          attrs: { order: Number(token.attrGet('start') ?? 1) },
          content: readItems(cursor),
        });
        break;
      case 'blockquote_open':
        blocks.push(readQuote(cursor));
        break;
      case 'fence':
      case 'code_block':
        blocks.push(codeBlock(token));
        break;
      case 'table_open':
        blocks.push(readTable(cursor));
        break;
      case 'hr':
        blocks.push({ type: 'rule' });
        break;
    }
  }
  return blocks;
}

/** Reads the one inline token of a paragraph, heading or cell, and the token that closes it. */
function readInlineBlock(cursor: Cursor): AdfNode[] {
  const inline = cursor.tokens[cursor.index];
  cursor.index += 2;
  return inlineNodes(inline?.children ?? [], cursor.mention, cursor.held);
}

function readItems(cursor: Cursor): AdfNode[] {
  const items: AdfNode[] = [];
  while (cursor.tokens[cursor.index++]?.type === 'list_item_open') items.push(listItem(readBlocks(cursor)));
  return items;
}

/** A bullet list that mixes tasks and other items becomes several lists. */
function readBulletList(cursor: Cursor): AdfNode[] {
  const lists: AdfNode[] = [];
  while (cursor.tokens[cursor.index++]?.type === 'list_item_open') {
    const state = takeTaskBox(cursor);
    const type = state === undefined ? 'bulletList' : 'taskList';
    let list = lists.at(-1);
    if (list?.type !== type) {
      list = { type, ...(state && { attrs: { localId: crypto.randomUUID() } }), content: [] };
      lists.push(list);
    }
    const blocks = readBlocks(cursor);
    list.content?.push(...(state === undefined ? [listItem(blocks)] : taskItem(state, blocks)));
  }
  return lists;
}

/** Removes `[ ] ` or `[x] ` from the start of the item at the cursor, and returns its state. */
function takeTaskBox(cursor: Cursor): 'TODO' | 'DONE' | undefined {
  const inline = cursor.tokens[cursor.index + 1];
  const text = inline?.children?.[0];
  if (cursor.tokens[cursor.index]?.type !== 'paragraph_open' || inline === undefined || text?.type !== 'text')
    return undefined;
  // The source is checked as well, because in the text an escaped bracket looks like any other.
  const box = /^\[([ xX])\](?:\s|$)/;
  const state = box.exec(inline.content)?.[1];
  if (state === undefined || !box.test(text.content)) return undefined;
  text.content = text.content.slice(4);
  return state === ' ' ? 'TODO' : 'DONE';
}

/** A task holds one line of inline content, so other blocks become lines of it. Nested tasks follow it in its list. */
function taskItem(state: 'TODO' | 'DONE', blocks: readonly AdfNode[]): AdfNode[] {
  const lines = blocks.filter(block => block.type !== 'taskList').flatMap(linesOf);
  const item = { type: 'taskItem', attrs: { localId: crypto.randomUUID(), state }, content: joinLines(lines) };
  return [item, ...blocks.filter(block => block.type === 'taskList')];
}

function listItem(blocks: readonly AdfNode[]): AdfNode {
  return { type: 'listItem', content: adapt(blocks, 'listItem') };
}

function readQuote(cursor: Cursor): AdfNode {
  const panelType = takePanelType(cursor);
  const blocks = readBlocks(cursor);
  if (panelType === undefined) return { type: 'blockquote', content: adapt(blocks, 'blockquote') };
  const content = blocks[0]?.type === 'paragraph' && blocks[0].content?.length === 0 ? blocks.slice(1) : blocks;
  return { type: 'panel', attrs: { panelType }, content: adapt(content, 'panel') };
}

/** Removes a label such as `[!NOTE]` from the start of the quote at the cursor, and returns its panel type. */
function takePanelType(cursor: Cursor): string | undefined {
  const inline = cursor.tokens[cursor.index + 1];
  const [text, lineEnd] = inline?.children ?? [];
  const label = /^\[!(\w+)\](?:\s+|$)/;
  const name = label.exec(inline?.content ?? '')?.[1]?.toLowerCase() ?? '';
  if (cursor.tokens[cursor.index]?.type !== 'paragraph_open' || text?.type !== 'text' || !panelTypes.has(name))
    return undefined;
  text.content = text.content.replace(label, '');
  if (text.content === '' && lineEnd?.type.endsWith('break')) inline?.children?.splice(0, 2);
  return panelTypes.get(name);
}

function codeBlock(token: Token): AdfNode {
  const language = token.info.trim().split(/\s+/)[0];
  const text = token.content.replace(/\n$/, '');
  return {
    type: 'codeBlock',
    ...(language && { attrs: { language } }),
    content: text === '' ? [] : [{ type: 'text', text }],
  };
}

function readTable(cursor: Cursor): AdfNode {
  const rows: AdfNode[] = [];
  for (
    let token = cursor.tokens[cursor.index++];
    token && token.type !== 'table_close';
    token = cursor.tokens[cursor.index++]
  ) {
    if (token.type === 'tr_open') rows.push({ type: 'tableRow', content: [] });
    if (token.type !== 'th_open' && token.type !== 'td_open') continue;
    const paragraph = { type: 'paragraph', content: readInlineBlock(cursor) };
    rows.at(-1)?.content?.push({ type: token.type === 'th_open' ? 'tableHeader' : 'tableCell', content: [paragraph] });
  }
  // A Markdown table always has a header row; an empty one means that there is none.
  const [header, ...others] = rows;
  const hasHeader = header?.content?.some(cell => linesOf(cell).some(line => line.length > 0));
  return { type: 'table', content: hasHeader || others.length === 0 ? rows : others };
}
