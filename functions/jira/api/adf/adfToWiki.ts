import type { AdfDocument, AdfNode } from './document.ts';

/**
 * A document as Jira's wiki markup, which is what the service desk's routes take instead of the Atlassian Document
 * Format. It knows the nodes that markdownToAdf makes; of any other it keeps the text.
 *
 * @see https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
 */
export function adfToWiki({ content }: Pick<AdfDocument, 'content'>): string {
  return content.map(node => block(node, outside)).join('\n\n');
}

/** What is around a block. */
interface Place {
  /** The signs of the lists around it, such as `*#`. */
  bullets: string;
  isQuoted: boolean;
}

const outside: Place = { bullets: '', isQuoted: false };

function block(node: AdfNode, place: Place): string {
  const { bullets, isQuoted } = place;
  const children = node.content ?? [];
  switch (node.type) {
    case 'heading':
      return `h${Number(node.attrs?.level ?? 1)}. ${inline(children)}`;
    case 'bulletList':
    case 'taskList':
      return items(children, { isQuoted, bullets: `${bullets}*` });
    case 'orderedList':
      return items(children, { isQuoted, bullets: `${bullets}#` });
    case 'codeBlock':
      return codeBlock(children.map(({ text = '' }) => text).join(''));
    case 'blockquote':
    case 'panel':
      return quote(children, place);
    case 'rule':
      return '----';
    case 'table':
      return children.map(row).join('\n');
    default:
      return children.some(isBlock) ? children.map(child => block(child, place)).join('\n\n') : inline(children);
  }
}

/** The sign of a quote within a quote would end the outer one, and an empty line would end a list. */
function quote(children: readonly AdfNode[], { bullets, isQuoted }: Place): string {
  const blocks = children.map(child => block(child, { bullets: '', isQuoted: true }));
  const text = blocks.join(bullets === '' ? '\n\n' : '\n');
  return isQuoted ? text : `{quote}\n${text}\n{quote}`;
}

const isBlock = ({ type }: AdfNode) => type !== 'text' && type !== 'hardBreak' && type !== 'mention';

function items(children: readonly AdfNode[], place: Place): string {
  const { bullets } = place;
  return children
    .map(item => {
      if (item.type.endsWith('List')) return block(item, place);
      const state = item.type === 'taskItem' ? (item.attrs?.state === 'DONE' ? '☑ ' : '☐ ') : '';
      const parts = item.content ?? [];
      if (!parts.some(isBlock)) return `${bullets} ${state}${inline(parts)}`;
      const texts = parts.filter(({ type }) => !type.endsWith('List')).map(part => block(part, place));
      const lists = parts.filter(({ type }) => type.endsWith('List')).map(part => block(part, place));
      // An empty line would end the list.
      return [`${bullets} ${state}${texts.join('\n')}`, ...lists].join('\n');
    })
    .join('\n');
}

function row({ content = [] }: AdfNode): string {
  const cells = content.map(({ type, content: parts = [] }) => {
    const text = parts.map(part => block(part, outside)).join('\n') || ' ';
    return `${type === 'tableHeader' ? '||' : '|'}${text}`;
  });
  return `${cells.join('')}${content.at(-1)?.type === 'tableHeader' ? '||' : '|'}`;
}

const signs = new Map([
  ['strong', '*'],
  ['em', '_'],
  ['strike', '-'],
  ['underline', '+'],
]);

function inline(nodes: readonly AdfNode[]): string {
  return nodes
    .map(({ type, text = '', attrs, marks = [] }) => {
      if (type === 'hardBreak') return '\n';
      if (type === 'mention') return `[~accountid:${String(attrs?.id)}]`;
      const code = marks.some(mark => mark.type === 'code');
      const shown = code ? `{{${escaped(text)}}}` : marked(escaped(text), marks);
      const href = marks.find(mark => mark.type === 'link')?.attrs?.href;
      if (typeof href !== 'string') return shown;
      return href === text ? `[${address(href)}]` : `[${shown}|${address(href)}]`;
    })
    .join('');
}

/** Nothing within it is markup, but for the sign that ends it. */
function codeBlock(code: string): string {
  const sign = code.includes('{code}') ? 'noformat' : 'code';
  return `{${sign}}\n${code.replaceAll(`{${sign}}`, `{ ${sign}}`)}\n{${sign}}`;
}

/** Spaces stay outside of the signs, and braces keep signs that stand within a word. */
function marked(text: string, marks: NonNullable<AdfNode['marks']>): string {
  const inner = text.trim();
  if (inner === '') return text;
  const [before, after] = [text.slice(0, text.indexOf(inner)), text.slice(text.trimEnd().length)];
  const wrapped = marks.reduce((body, { type, attrs }) => {
    const sign = type === 'subsup' ? (attrs?.type === 'sub' ? '~' : '^') : signs.get(type);
    return sign === undefined ? body : `{${sign}}${body}{${sign}}`;
  }, inner);
  return `${before}${wrapped}${after}`;
}

/** What Jira shows as a small picture: `(x)`, `(!)`, `:)`, `;-)`. */
const emoticon = /\((?=(?:[xyni!?+\-/*]|on|off|\*[rgby]|flag|flagoff)\))|:(?=[()PD](?!\w))|;(?=\))/g;

/** Signs of the markup as plain text. A hyphen or a dot within a word has no meaning there. */
function escaped(text: string): string {
  return text
    .replace(/[\\{}[\]*_^~|+!]/g, String.raw`\$&`)
    .replace(emoticon, String.raw`\$&`)
    .replaceAll('??', String.raw`\?\?`)
    .replace(/(?<![\p{L}\p{N}])-(?=[\p{L}\p{N}])/gu, String.raw`\-`)
    .replace(/^(\s?)([#-])(?=[\s#-])/gm, String.raw`$1\$2`)
    .replace(/^(h[1-6]|bq)\./, String.raw`$1\.`);
}

/** An address within a link's brackets, which a bar or a closing bracket would end. */
function address(href: string): string {
  return href.replaceAll('|', '%7C').replaceAll(']', '%5D').replaceAll('[', '%5B');
}
