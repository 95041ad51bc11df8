import type { Token } from 'markdown-it';
import type { AdfMark, AdfNode } from '../document.ts';
import { type FindPerson, type HeldByName, linkedMention, mentionsOf } from './mentions.ts';

export const code: AdfMark = { type: 'code' };

const markOfToken = new Map<string, AdfMark>([
  ['strong', { type: 'strong' }],
  ['em', { type: 'em' }],
  ['s', { type: 'strike' }],
]);

/** HTML tags for marks that Markdown lacks, or that adfToMarkdown writes where Markdown's delimiters would not be read. */
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

export function inlineNodes(tokens: readonly Token[], mention: FindPerson, held: HeldByName): AdfNode[] {
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
        if (!linkedMention('', href)) {
          links.push(href);
          break;
        }
        let text = '';
        while (tokens[++index] && tokens[index]?.type !== 'link_close') text += tokens[index]?.content;
        pushMention(text, href);
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
    for (const { start, mention: mentioned } of mentionsOf(text, held)) {
      const person = mention(mentioned) ?? (mentioned.accountId && { id: mentioned.accountId, text: '' });
      if (!person) continue;
      pushText(text.slice(from, start));
      nodes.push(mentionNode(person.id, person.text));
      const length = 'length' in person ? person.length : undefined;
      from = start + (length ? '@'.length + length : mentioned.written.length);
    }
    pushText(text.slice(from));
  }

  /** `[@Ana Ruiz](accountid:5b10…)`; the sign may stand before the link, too. */
  function pushMention(text: string, href: string): void {
    const mentioned = linkedMention(text, href);
    if (!mentioned?.accountId) return;
    const last = nodes.at(-1);
    if (last?.type === 'text' && last.text?.endsWith('@') && !text.startsWith('@')) {
      last.text = last.text.slice(0, -1);
      if (last.text === '') nodes.pop();
    }
    nodes.push(mentionNode(mentioned.accountId, mention(mentioned)?.text ?? text));
  }

  /** A known tag that is closed becomes a mark; any other is text. */
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

/** Without its text, Jira shows the name of the account. */
function mentionNode(id: string, text: string): AdfNode {
  return { type: 'mention', attrs: { id, ...(text && { text: text.replace(/^@?/, '@') }) } };
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

/** The distinct marks of a text. Code allows only a link beside it. */
function marksFor(open: readonly AdfMark[], href: string | undefined, extra: AdfMark | undefined): AdfMark[] {
  const link = href ? [{ type: 'link', attrs: { href } }] : [];
  if (extra) return [...link, extra];
  const types = new Map(open.map(mark => [mark.type, mark]));
  return [...link, ...types.values()];
}
