import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import MarkdownIt from 'markdown-it';

export const root = resolve(import.meta.dirname, '../..');

/** The pages that people read, by their paths; those that lead through something first, in the order in which they are read. */
export const documents: readonly string[] = [
  ...new Set([
    'README.md',
    'CONTRIBUTING.md',
    'docs/add-an-action.md',
    'docs/add-a-system.md',
    ...globSync(['*.md', '.github/**/*.md', '{docs,functions,examples}/**/*.md'], { cwd: root }).toSorted(),
  ]),
];

export const read = (document: string) => readFileSync(join(root, document), 'utf8');

const markdown = new MarkdownIt({ html: true });
const parsed = new Map<string, ReturnType<typeof markdown.parse>>();

function tokensOf(document: string) {
  const tokens = parsed.get(document) ?? markdown.parse(read(document), {});
  parsed.set(document, tokens);
  return tokens;
}

/** The contents of a document's fenced blocks in a language. */
export function blocksOf(document: string, language: RegExp): string[] {
  return tokensOf(document)
    .filter(({ type, info }) => type === 'fence' && language.test(info))
    .map(({ content }) => content);
}

/** The commands in the blocks of a document that are for a shell, without their comments. */
export function commandsOf(document: string): string[] {
  return blocksOf(document, /^(sh|bash|shell|console)\b/)
    .flatMap(content => content.replaceAll('\\\n', ' ').split('\n'))
    .flatMap(line => line.replace(/(^|\s+)#\s.*$/, '').split(' && '))
    .map(command => command.trim())
    .filter(Boolean);
}

/** Where the links and pictures of a document lead, as they are written. */
export function linksOf(document: string): string[] {
  return tokensOf(document).flatMap(({ type, children, content }) => {
    const attributes = [...(children ?? [])].map(token => token.attrGet('href') ?? token.attrGet('src'));
    const html = [type === 'html_block' ? content : '', ...(children ?? []).map(child => child.content)].join('\n');
    const inHtml = [...html.matchAll(/\b(?:href|src|srcset)="([^"]+)"/g)].map(([, link]) => link);
    return [...attributes, ...inHtml].filter(link => typeof link === 'string');
  });
}

/** The anchors of a document's headings, as GitHub makes them: https://github.com/gjtorikian/html-pipeline/blob/v2.14.3/lib/html/pipeline/toc_filter.rb */
export function anchorsOf(document: string): ReadonlySet<string> {
  const tokens = tokensOf(document);
  const anchors = new Map<string, number>();
  for (const [at, { type }] of tokens.entries()) {
    if (type !== 'heading_open') continue;
    const text = (tokens[at + 1]?.children ?? []).map(({ content }) => content).join('');
    const anchor = text
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const before = anchors.get(anchor) ?? 0;
    anchors.set(anchor, before + 1);
    if (before > 0) anchors.set(`${anchor}-${before}`, 1);
  }
  return new Set(anchors.keys());
}
