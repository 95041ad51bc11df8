import MarkdownIt, { type Token } from 'markdown-it';
import { Failure } from '../../../../shared/failure.ts';

export interface AdfMark {
  type: string;
  attrs?: Record<string, unknown>;
}

export interface AdfNode {
  type: string;
  attrs?: Record<string, unknown>;
  content?: AdfNode[];
  marks?: AdfMark[];
  text?: string;
}

export interface AdfDocument {
  version: 1;
  type: 'doc';
  content: AdfNode[];
}

interface MarkdownToAdfOptions {
  /** Finds the person that `@name@host` names; undefined leaves it as text. */
  mention?: (email: string) => { id: string; text: string } | undefined;
}

/** Twice what Jira takes in one text field (32,767), because Markdown's own signs count here. */
const maxLength = 65_536;
const maxNesting = 100;

// HTML has no place in the format: it becomes text, but for the tags below, so no block of it is recognised.
const parser = new MarkdownIt({ html: true, linkify: true, maxNesting }).disable('html_block');
// Only what has a scheme is a link: "node.js" and "ana@example.com" are words.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false }).add('//', null);
parser.normalizeLink = url => url.replace(/\s/g, encodeURIComponent);
parser.normalizeLinkText = url => url;

const emailMention = /(?<![\w.@])@([\w.%+-]+@[\w-]+(?:\.[\w-]+)+)/g;

const code: AdfMark = { type: 'code' };

const markOfToken = new Map<string, AdfMark>([
  ['strong', { type: 'strong' }],
  ['em', { type: 'em' }],
  ['s', { type: 'strike' }],
]);

/** The HTML tags that say what Markdown cannot, or that stand where its signs would not be read. */
const markOfTag = new Map<string, AdfMark>([
  ['strong', { type: 'strong' }],
  ['b', { type: 'strong' }],
  ['em', { type: 'em' }],
  ['i', { type: 'em' }],
  ['del', { type: 'strike' }],
  ['s', { type: 'strike' }],
  ['u', { type: 'underline' }],
  ['sub', { type: 'subsup', attrs: { type: 'sub' } }],
  ['sup', { type: 'subsup', attrs: { type: 'sup' } }],
]);

/** Alerts as GitHub writes them (`> [!NOTE]`), and the panels' own names. */
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

/** What the format allows in a container; what else stands there in Markdown is rewritten to fit. */
const allowedIn = {
  blockquote: new Set(['paragraph', 'orderedList', 'bulletList', 'codeBlock']),
  panel: new Set(['paragraph', 'heading', 'bulletList', 'orderedList', 'codeBlock', 'taskList', 'rule']),
  listItem: new Set(['paragraph', 'bulletList', 'orderedList', 'taskList', 'codeBlock']),
};

/**
 * Makes an Atlassian Document Format document of GitHub-flavoured Markdown. Whatever the Markdown, the document is
 * valid: what the format does not allow where it stands (a heading in a list, a table in a quote) becomes the nearest
 * thing that is, images become links (a picture would have to be uploaded) and HTML becomes text. A line break in a
 * paragraph is kept, as in comments on GitHub.
 *
 * A mention is `[@Ana Ruiz](accountid:5b10…)`, as adfToMarkdown writes it, or `@ana@example.com` when
 * `options.mention` finds that person.
 *
 * @throws Failure `invalid_input` when the Markdown is longer than 65,536 characters or nested too deep.
 * @see https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export function markdownToAdf(markdown: string, options: MarkdownToAdfOptions = {}): AdfDocument {
  const cursor = { tokens: parse(markdown), index: 0, mention: options.mention ?? (() => undefined) };
  return { version: 1, type: 'doc', content: readBlocks(cursor) };
}

/** The e-mail addresses that are mentioned as `@name@host`, each once, in order; those in code or in links do not count. */
export function mentionsIn(markdown: string): string[] {
  const emails = new Set<string>();
  for (const { children } of parse(markdown)) {
    let links = 0;
    for (const token of children ?? []) {
      if (token.type === 'link_open' || token.type === 'link_close') links += token.nesting;
      if (token.type !== 'text' || links > 0) continue;
      for (const [, email = ''] of token.content.matchAll(emailMention)) emails.add(email);
    }
  }
  return [...emails];
}

function parse(markdown: string): Token[] {
  if (markdown.length > maxLength) {
    const length = markdown.length.toLocaleString('en');
    throw new Failure(
      'invalid_input',
      `The Markdown is ${length} characters long and at most ${maxLength.toLocaleString('en')} are taken: shorten it or split it.`,
    );
  }
  const tokens = parser.parse(markdown, {});
  // Beyond its limit the parser drops what is nested, and nothing may be lost.
  if (tokens.some(token => token.level + token.nesting >= maxNesting)) {
    throw new Failure('invalid_input', 'The Markdown nests lists or quotes too deep: use at most 40 levels of them.');
  }
  return tokens;
}

interface Cursor {
  tokens: readonly Token[];
  index: number;
  mention: NonNullable<MarkdownToAdfOptions['mention']>;
}

/** Reads blocks up to the end of the container that the cursor is in, and passes that end. */
function readBlocks(cursor: Cursor): AdfNode[] {
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
  return inlineNodes(inline?.children ?? [], cursor.mention);
}

function readItems(cursor: Cursor): AdfNode[] {
  const items: AdfNode[] = [];
  while (cursor.tokens[cursor.index++]?.type === 'list_item_open') items.push(listItem(readBlocks(cursor)));
  return items;
}

/** One list of bullets is several lists where tasks and other items take turns. */
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

/** Removes `[ ] ` or `[x] ` from the start of the item at the cursor, and says which it was. */
function takeTaskBox(cursor: Cursor): 'TODO' | 'DONE' | undefined {
  const inline = cursor.tokens[cursor.index + 1];
  const text = inline?.children?.[0];
  if (cursor.tokens[cursor.index]?.type !== 'paragraph_open' || inline === undefined || text?.type !== 'text')
    return undefined;
  // The source is asked too: in the text an escaped bracket looks like any other.
  const box = /^\[([ xX])\](?:\s|$)/;
  const state = box.exec(inline.content)?.[1];
  if (state === undefined || !box.test(text.content)) return undefined;
  text.content = text.content.slice(4);
  return state === ' ' ? 'TODO' : 'DONE';
}

/** A task holds one line, so its other blocks become lines of it; the tasks below it are its list's next member. */
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

/** Removes `[!NOTE]` from the start of the quote at the cursor, and says which panel it asks for. */
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
  // Markdown has no table without a header row: an empty one stands for none.
  const [header, ...others] = rows;
  const hasHeader = header?.content?.some(cell => linesOf(cell).some(line => line.length > 0));
  return { type: 'table', content: hasHeader || others.length === 0 ? rows : others };
}

/** Blocks as the container allows them: the same text in the nearest form, and never nothing. */
function adapt(blocks: readonly AdfNode[], container: keyof typeof allowedIn): AdfNode[] {
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

/** A block as lines of inline content, for places that hold nothing else. */
function linesOf(block: AdfNode): AdfNode[][] {
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

function joinLines(lines: readonly AdfNode[][]): AdfNode[] {
  return lines.flatMap((line, index) => (index > 0 ? [{ type: 'hardBreak' }, ...line] : line));
}

function inlineNodes(tokens: readonly Token[], mention: Cursor['mention']): AdfNode[] {
  const nodes: AdfNode[] = [];
  const open: AdfMark[] = [];
  const closers = countClosingTags(tokens);
  let links: string[] = [];

  function pushText(text: string, extra?: AdfMark): void {
    if (text === '') return;
    const marks = marksFor(open, links[0], extra);
    const last = nodes.at(-1);
    if (last?.type === 'text' && sameMarks(last.marks ?? [], marks)) last.text += text;
    else nodes.push({ type: 'text', text, ...(marks.length > 0 && { marks }) });
  }

  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    switch (token.type) {
      case 'text':
        if (links.length > 0) pushText(token.content);
        else pushMentions(token.content);
        break;
      case 'code_inline':
        pushText(token.content, code);
        break;
      case 'softbreak':
      case 'hardbreak':
        nodes.push({ type: 'hardBreak' });
        break;
      case 'link_open': {
        const href = String(token.attrGet('href') ?? '');
        const id = href.startsWith('accountid:') ? href.slice('accountid:'.length) : '';
        if (id === '') {
          links.push(href);
          break;
        }
        let text = '';
        while (tokens[++index] && tokens[index]?.type !== 'link_close') text += tokens[index]?.content;
        nodes.push({ type: 'mention', attrs: { id, text } });
        break;
      }
      case 'link_close':
        links = links.slice(0, -1);
        break;
      case 'image': {
        const source = String(token.attrGet('src') ?? '');
        links.push(source);
        pushText(token.content || source);
        links.pop();
        break;
      }
      case 'html_inline':
        readTag(token.content);
        break;
      default: {
        const mark = markOfToken.get(token.tag);
        if (mark && token.nesting === 1) open.push(mark);
        else if (mark) open.splice(open.lastIndexOf(mark), 1);
        else pushText(token.content);
      }
    }
  }
  return nodes;

  function pushMentions(text: string): void {
    let from = 0;
    for (const match of text.matchAll(emailMention)) {
      const person = mention(match[1] ?? '');
      if (person === undefined) continue;
      pushText(text.slice(from, match.index));
      nodes.push({ type: 'mention', attrs: { id: person.id, text: person.text.replace(/^@?/, '@') } });
      from = match.index + match[0].length;
    }
    pushText(text.slice(from));
  }

  /** A tag that we know and that is closed becomes a mark; any other is text. */
  function readTag(html: string): void {
    const [, slash, name = ''] = /^<(\/?)(\w+)\s*\/?>$/.exec(html.toLowerCase()) ?? [];
    const mark = markOfTag.get(name);
    if (name === 'br') nodes.push({ type: 'hardBreak' });
    else if (mark && slash && open.includes(mark)) open.splice(open.lastIndexOf(mark), 1);
    else if (mark && !slash && (closers.get(name) ?? 0) > 0) open.push(mark);
    else pushText(html);
    if (mark && slash) closers.set(name, (closers.get(name) ?? 0) - 1);
  }
}

function countClosingTags(tokens: readonly Token[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokens) {
    const name = token.type === 'html_inline' ? /^<\/(\w+)\s*>$/.exec(token.content.toLowerCase())?.[1] : undefined;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function sameMarks(some: readonly AdfMark[], others: readonly AdfMark[]): boolean {
  return (
    some.length === others.length &&
    some.every((mark, index) => {
      const other = others[index];
      return (
        mark === other || (mark.type === 'link' && other?.type === 'link' && mark.attrs?.href === other.attrs?.href)
      );
    })
  );
}

/** The marks of a text: each once, and beside code only a link. */
function marksFor(open: readonly AdfMark[], href: string | undefined, extra: AdfMark | undefined): AdfMark[] {
  const link = href ? [{ type: 'link', attrs: { href } }] : [];
  if (extra) return [...link, extra];
  const types = new Map(open.map(mark => [mark.type, mark]));
  return [...link, ...types.values()];
}
